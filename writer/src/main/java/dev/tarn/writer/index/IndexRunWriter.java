package dev.tarn.writer.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Writes one run. Entries come in order. Confined to one thread; closing without {@link #finish} deletes the file. */
final class IndexRunWriter implements AutoCloseable {
    private static final int PAGES_AT_ONCE = 64;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer pages = ByteBuffer.allocate(PAGES_AT_ONCE * IndexRun.PAGE_BYTES);
    private long[] firsts = new long[64];
    private int finishedPages;
    private int inPage;
    private long entries;
    private boolean finished;

    IndexRunWriter(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    void add(long high, long low, long place) throws IOException {
        if (inPage == 0) {
            if (finishedPages == firsts.length) {
                firsts = Arrays.copyOf(firsts, firsts.length * 2);
            }
            firsts[finishedPages] = high;
        }
        pages.putLong(high).putLong(low).putLong(place);
        entries++;
        if (++inPage == IndexRun.ENTRIES_PER_PAGE) {
            finishPage();
        }
    }

    /** Makes the file durable. */
    IndexRun.Summary finish() throws IOException {
        if (inPage > 0) {
            finishPage();
        }
        flush();
        ByteBuffer tail = ByteBuffer.allocate(finishedPages * Long.BYTES + Integer.BYTES);
        for (int page = 0; page < finishedPages; page++) {
            tail.putLong(firsts[page]);
        }
        CRC32C checksum = new CRC32C();
        checksum.update(tail.array(), 0, tail.position());
        tail.putInt((int) checksum.getValue());
        write(tail.flip());
        channel.force(true);
        finished = true;
        return new IndexRun.Summary(String.valueOf(file.getFileName()), entries, finishedPages);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(file);
        }
    }

    private void finishPage() throws IOException {
        int start = pages.position() - inPage * IndexRun.ENTRY_BYTES;
        Arrays.fill(pages.array(), pages.position(), start + IndexRun.PAGE_BYTES, (byte) 0);
        pages.putInt(start + IndexRun.COUNT_AT, inPage);
        CRC32C checksum = new CRC32C();
        checksum.update(pages.array(), start, IndexRun.CHECKSUM_AT);
        pages.putInt(start + IndexRun.CHECKSUM_AT, (int) checksum.getValue());
        pages.position(start + IndexRun.PAGE_BYTES);
        finishedPages++;
        inPage = 0;
        if (!pages.hasRemaining()) {
            flush();
        }
    }

    private void flush() throws IOException {
        write(pages.flip());
        pages.clear();
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
