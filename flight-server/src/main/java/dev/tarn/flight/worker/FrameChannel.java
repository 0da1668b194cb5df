package dev.tarn.flight.worker;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Frames over a socket: one byte of type, four bytes of length, the bytes. One thread may read while another writes; two
 * readers or two writers must not meet. Closing it from any thread ends both.
 */
final class FrameChannel implements Closeable {
    /** Longest payload of a frame; longer ones are cut by the sender. A peer that announces more is broken. */
    static final int MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

    private static final int HEADER_BYTES = 5;

    private final SocketChannel socket;
    private final ByteBuffer outHeader = ByteBuffer.allocateDirect(HEADER_BYTES);
    private final ByteBuffer inHeader = ByteBuffer.allocateDirect(HEADER_BYTES);

    /** A frame that was read. */
    record Frame(FrameType type, ByteBuffer payload) {
        String text() {
            return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
        }
    }

    /** Takes ownership of the socket. */
    FrameChannel(SocketChannel socket) {
        this.socket = socket;
    }

    void write(FrameType type, byte[] payload) throws IOException {
        write(type, ByteBuffer.wrap(payload));
    }

    void write(FrameType type, String payload) throws IOException {
        write(type, payload.getBytes(StandardCharsets.UTF_8));
    }

    void write(FrameType type, ByteBuffer payload) throws IOException {
        if (payload.remaining() > MAX_PAYLOAD_BYTES) {
            throw new IOException("A frame of %d bytes is longer than the limit of %d"
                    .formatted(payload.remaining(), MAX_PAYLOAD_BYTES));
        }
        outHeader.clear();
        outHeader.put(type.code()).putInt(payload.remaining()).flip();
        ByteBuffer[] both = {outHeader, payload};
        while (outHeader.hasRemaining() || payload.hasRemaining()) {
            socket.write(both);
        }
    }

    /**
     * Waits for the next frame.
     *
     * @throws EOFException if the peer is gone
     */
    Frame read() throws IOException {
        inHeader.clear();
        fill(inHeader);
        inHeader.flip();
        FrameType type = FrameType.of(inHeader.get());
        int length = inHeader.getInt();
        if (length < 0 || length > MAX_PAYLOAD_BYTES) {
            throw new IOException(
                    "A frame of %d bytes is longer than the limit of %d".formatted(length, MAX_PAYLOAD_BYTES));
        }
        ByteBuffer payload = ByteBuffer.allocate(length);
        fill(payload);
        payload.flip();
        return new Frame(type, payload);
    }

    boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (socket.read(target) < 0) {
                throw new EOFException("The other process closed the connection");
            }
        }
    }
}
