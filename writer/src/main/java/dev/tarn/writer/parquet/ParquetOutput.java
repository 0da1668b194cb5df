package dev.tarn.writer.parquet;

import java.io.IOException;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** An Iceberg output file as parquet-java wants it, without Hadoop. */
final class ParquetOutput implements org.apache.parquet.io.OutputFile {
    private final OutputFile file;

    ParquetOutput(OutputFile file) {
        this.file = file;
    }

    @Override
    public org.apache.parquet.io.PositionOutputStream create(long blockSizeHint) {
        return new Stream(file.create());
    }

    @Override
    public org.apache.parquet.io.PositionOutputStream createOrOverwrite(long blockSizeHint) {
        return new Stream(file.createOrOverwrite());
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return file.location();
    }

    /** Gathers the many small writes of page headers and footers; pages pass through. */
    private static final class Stream extends org.apache.parquet.io.PositionOutputStream {
        private static final int BUFFER_BYTES = 8_192;

        private final PositionOutputStream out;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int buffered;

        Stream(PositionOutputStream out) {
            this.out = out;
        }

        @Override
        public long getPos() throws IOException {
            return out.getPos() + buffered;
        }

        @Override
        public void write(int value) throws IOException {
            if (buffered == BUFFER_BYTES) {
                drain();
            }
            buffer[buffered++] = (byte) value;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (length > BUFFER_BYTES - buffered) {
                drain();
            }
            if (length >= BUFFER_BYTES) {
                out.write(source, offset, length);
                return;
            }
            System.arraycopy(source, offset, buffer, buffered, length);
            buffered += length;
        }

        @Override
        public void flush() throws IOException {
            drain();
            out.flush();
        }

        @Override
        public void close() throws IOException {
            try (out) {
                drain();
            }
        }

        private void drain() throws IOException {
            int length = buffered;
            // Whatever becomes of the write, these bytes must not be written a second time.
            buffered = 0;
            out.write(buffer, 0, length);
        }
    }
}
