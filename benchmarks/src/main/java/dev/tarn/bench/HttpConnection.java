package dev.tarn.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An HTTP/1.1 connection that costs the client as little as possible: the request is bytes, the body of the answer is
 * counted and thrown away. Confined to one thread.
 */
final class HttpConnection implements Closeable {
    /** Nothing is waited for longer than this. */
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private long bodyLength;

    HttpConnection(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Sends a request and reads the whole answer; returns its status. */
    int exchange(byte[] request) throws IOException {
        out.write(request);
        String statusLine = line();
        int status = Integer.parseInt(statusLine.substring(9, 12));
        long length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(
                        header.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.endsWith("chunked");
            }
        }
        bodyLength = 0;
        if (chunked) {
            skipChunks();
        } else if (status != 304 && status != 204) {
            skip(length);
            bodyLength = length;
        }
        return status;
    }

    /** Length of the last answer's body as it was sent. */
    long bodyLength() {
        return bodyLength;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void skipChunks() throws IOException {
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
            skip(size);
            bodyLength += size;
            line();
        }
        line();
    }

    private long chunkSize() throws IOException {
        String size = line();
        int end = size.indexOf(';');
        return Long.parseLong(end < 0 ? size : size.substring(0, end), 16);
    }

    private String line() throws IOException {
        StringBuilder joined = new StringBuilder();
        while (true) {
            for (int i = position; i < limit; i++) {
                if (buffer[i] == '\n') {
                    joined.append(new String(buffer, position, i - position, StandardCharsets.ISO_8859_1));
                    position = i + 1;
                    int end = joined.length();
                    return end > 0 && joined.charAt(end - 1) == '\r' ? joined.substring(0, end - 1) : joined.toString();
                }
            }
            joined.append(new String(buffer, position, limit - position, StandardCharsets.ISO_8859_1));
            fill();
        }
    }

    private void skip(long count) throws IOException {
        long rest = count;
        while (true) {
            int here = (int) Math.min(rest, limit - position);
            position += here;
            rest -= here;
            if (rest == 0) {
                return;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        int read = in.read(buffer, 0, buffer.length);
        if (read < 0) {
            throw new EOFException("The server closed the connection");
        }
        position = 0;
        limit = read;
    }
}
