package dev.tarn.flight.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Joins {@link FrameType#DATA} frames to a byte stream that ends at {@link FrameType#END}. A failure that the worker
 * reports comes out as {@link EngineFailure}. Confined to one thread.
 */
final class DataFrameInput implements ReadableByteChannel {
    private final FrameChannel channel;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;

    DataFrameInput(FrameChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        while (!current.hasRemaining()) {
            if (ended) {
                return -1;
            }
            FrameChannel.Frame frame = channel.read();
            switch (frame.type()) {
                case DATA -> current = frame.payload();
                case END -> ended = true;
                case ERROR -> throw new EngineFailure(frame.text());
                default -> throw new IOException("Unexpected frame " + frame.type());
            }
        }
        int count = Math.min(target.remaining(), current.remaining());
        target.put(current.slice(current.position(), count));
        current.position(current.position() + count);
        return count;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {}
}
