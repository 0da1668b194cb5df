package dev.tarn.writer.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One sorted file of the index, which never changes: pages of 170 entries with a checksum each, then the first key of every
 * page, which stays in memory (8 bytes for 170 keys). Confined to one thread; whoever opens it closes it.
 */
final class IndexRun implements AutoCloseable {
    static final int PAGE_BYTES = 4_096;
    static final int ENTRY_BYTES = 3 * Long.BYTES;
    static final int ENTRIES_PER_PAGE = 170;
    static final int COUNT_AT = ENTRIES_PER_PAGE * ENTRY_BYTES;
    static final int CHECKSUM_AT = COUNT_AT + Integer.BYTES;

    /** Pages read at once where most of them will be looked at. */
    private static final int PAGES_AHEAD = 64;

    private final Path file;
    private final Summary summary;
    private final FileChannel channel;
    private final long[] firsts;

    /**
     * What the manifest knows of a run.
     *
     * @param name of the file
     * @param entries keys in it
     * @param pages pages in it
     */
    record Summary(String name, long entries, int pages) {}

    private IndexRun(Path file, Summary summary, FileChannel channel, long[] firsts) {
        this.file = file;
        this.summary = summary;
        this.channel = channel;
        this.firsts = firsts;
    }

    /** @throws CorruptIndexException if the file is not as the summary says */
    static IndexRun open(Path folder, Summary summary) throws IOException {
        Path file = folder.resolve(summary.name());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long pageBytes = (long) summary.pages() * PAGE_BYTES;
            int tailBytes = summary.pages() * Long.BYTES + Integer.BYTES;
            if (channel.size() != pageBytes + tailBytes) {
                throw new CorruptIndexException(
                        "%s has %d bytes but should have %d".formatted(file, channel.size(), pageBytes + tailBytes));
            }
            ByteBuffer tail = ByteBuffer.allocate(tailBytes);
            readFully(channel, tail, pageBytes, file);
            CRC32C checksum = new CRC32C();
            checksum.update(tail.array(), 0, tailBytes - Integer.BYTES);
            if ((int) checksum.getValue() != tail.getInt(tailBytes - Integer.BYTES)) {
                throw new CorruptIndexException("The page table of %s is damaged".formatted(file));
            }
            long[] firsts = new long[summary.pages()];
            tail.rewind().asLongBuffer().get(firsts);
            return new IndexRun(file, summary, channel, firsts);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Summary summary() {
        return summary;
    }

    Path file() {
        return file;
    }

    /**
     * A place in the run that moves towards larger keys.
     *
     * @param keys how many will be looked for, which decides how much is read at once
     */
    Cursor cursor(long keys) {
        return new Cursor(keys >= summary.pages() / 4 ? PAGES_AHEAD : 1);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    final class Cursor {
        private final ByteBuffer chunk;
        private final boolean[] checked;
        private final int pagesAhead;
        private int firstPage;
        private int pagesInChunk;
        private int page;
        private int entry;
        private int count;

        private Cursor(int pagesAhead) {
            this.pagesAhead = pagesAhead;
            this.chunk = ByteBuffer.allocate(pagesAhead * PAGE_BYTES);
            this.checked = new boolean[pagesAhead];
            this.page = -1;
        }

        /** Goes to the first entry that is not below a key, which must not be below the one before. */
        void seek(long high, long low) throws IOException {
            int target = pageOf(high);
            if (target > page) {
                load(target);
            }
            while (!atEnd() && compareLast(high, low) < 0) {
                load(page + 1);
            }
            if (atEnd()) {
                return;
            }
            int from = entry;
            int to = count;
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (compareAt(middle, high, low) < 0) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            entry = from;
        }

        boolean atEnd() {
            return page >= summary.pages();
        }

        /** Goes to the next entry, at first to the first one. */
        void advance() throws IOException {
            if (page < 0) {
                load(0);
            } else if (++entry >= count) {
                load(page + 1);
            }
        }

        long high() {
            return chunk.getLong(offset(entry));
        }

        long low() {
            return chunk.getLong(offset(entry) + Long.BYTES);
        }

        long place() {
            return chunk.getLong(offset(entry) + 2 * Long.BYTES);
        }

        private int compareAt(int index, long high, long low) {
            int at = offset(index);
            return IndexEntries.compare(chunk.getLong(at), chunk.getLong(at + Long.BYTES), high, low);
        }

        private int compareLast(long high, long low) {
            return compareAt(count - 1, high, low);
        }

        private int offset(int index) {
            return (page - firstPage) * PAGE_BYTES + index * ENTRY_BYTES;
        }

        /** The first page that may hold a key with this high half. */
        private int pageOf(long high) {
            int from = Math.max(0, page);
            int to = firsts.length;
            while (from < to) {
                int middle = (from + to) >>> 1;
                if (Long.compareUnsigned(firsts[middle], high) < 0) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            return Math.max(0, from - 1);
        }

        private void load(int target) throws IOException {
            page = target;
            entry = 0;
            count = 0;
            if (atEnd()) {
                return;
            }
            if (target < firstPage || target >= firstPage + pagesInChunk) {
                firstPage = target;
                pagesInChunk = Math.min(pagesAhead, summary.pages() - target);
                chunk.clear().limit(pagesInChunk * PAGE_BYTES);
                readFully(channel, chunk, (long) target * PAGE_BYTES, file);
                Arrays.fill(checked, false);
            }
            int start = (target - firstPage) * PAGE_BYTES;
            if (!checked[target - firstPage]) {
                CRC32C checksum = new CRC32C();
                checksum.update(chunk.array(), start, CHECKSUM_AT);
                if ((int) checksum.getValue() != chunk.getInt(start + CHECKSUM_AT)) {
                    throw new CorruptIndexException("Page %d of %s is damaged".formatted(target, file));
                }
                checked[target - firstPage] = true;
            }
            count = chunk.getInt(start + COUNT_AT);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long position, Path file) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new CorruptIndexException("%s ends too early".formatted(file));
            }
            at += read;
        }
    }
}
