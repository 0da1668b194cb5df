package dev.tarn.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/** A file on local disk, read in blocks. Thread-safe; its streams are not. */
final class LocalInputFile implements InputFile {
    private final String location;
    private final Path path;
    private final long knownLength;

    LocalInputFile(String location, long knownLength) {
        this.location = location;
        this.path = LocalFileIO.toPath(location);
        this.knownLength = knownLength;
    }

    @Override
    public long getLength() {
        if (knownLength >= 0) {
            return knownLength;
        }
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            throw new NotFoundException(e, "File does not exist: %s", location);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the length of " + location, e);
        }
    }

    @Override
    public SeekableInputStream newStream() {
        try {
            return new Stream(FileChannel.open(path, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new NotFoundException(e, "File does not exist: %s", location);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open " + location, e);
        }
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public boolean exists() {
        return Files.isRegularFile(path);
    }

    @Override
    public String toString() {
        return location;
    }

    /** Reads through one block, since Parquet and Avro ask for many small pieces. */
    private static final class Stream extends SeekableInputStream implements RangeReadable {
        private static final int BLOCK_BYTES = 64 * 1024;

        private final FileChannel channel;
        private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).limit(0);
        private long blockStart;

        Stream(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long getPos() {
            return blockStart + block.position();
        }

        @Override
        public void seek(long position) throws IOException {
            if (position < 0) {
                throw new EOFException("Cannot seek to " + position);
            }
            if (position >= blockStart && position <= blockStart + block.limit()) {
                block.position((int) (position - blockStart));
                return;
            }
            blockStart = position;
            block.position(0).limit(0);
        }

        @Override
        public int read() throws IOException {
            return fill() ? block.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!block.hasRemaining() && length >= BLOCK_BYTES) {
                long position = getPos();
                int count = channel.read(ByteBuffer.wrap(target, offset, length), position);
                blockStart = position + Math.max(count, 0);
                block.position(0).limit(0);
                return count;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, block.remaining());
            block.get(target, offset, count);
            return count;
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
            long at = position;
            while (buffer.hasRemaining()) {
                int count = channel.read(buffer, at);
                if (count < 0) {
                    throw new EOFException(
                            "Only %d of %d bytes at %d".formatted(length - buffer.remaining(), length, position));
                }
                at += count;
            }
        }

        @Override
        public int readTail(byte[] target, int offset, int length) throws IOException {
            int count = (int) Math.min(length, channel.size());
            readFully(channel.size() - count, target, offset, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        private boolean fill() throws IOException {
            if (block.hasRemaining()) {
                return true;
            }
            long position = getPos();
            block.clear();
            int count = channel.read(block, position);
            block.flip();
            blockStart = position;
            return count > 0;
        }
    }
}
