package dev.tarn.flight.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Cuts a byte stream into {@link FrameType#DATA} frames, joining small writes. Confined to one thread. */
final class DataFrameOutput implements WritableByteChannel {
    /** Writes below this are joined, so that Arrow's many small pieces do not cost a system call each. */
    private static final int JOIN_BYTES = 64 * 1024;

    private static final int PIECE_BYTES = 1024 * 1024;

    private final FrameChannel channel;
    private final ByteBuffer joined = ByteBuffer.allocateDirect(JOIN_BYTES);

    DataFrameOutput(FrameChannel channel) {
        this.channel = channel;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        if (length > joined.remaining()) {
            flush();
        }
        if (length <= joined.remaining()) {
            joined.put(source);
            return length;
        }
        while (source.hasRemaining()) {
            int count = Math.min(source.remaining(), PIECE_BYTES);
            channel.write(FrameType.DATA, source.slice(source.position(), count));
            source.position(source.position() + count);
        }
        return length;
    }

    void flush() throws IOException {
        if (joined.position() > 0) {
            joined.flip();
            channel.write(FrameType.DATA, joined);
            joined.clear();
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
