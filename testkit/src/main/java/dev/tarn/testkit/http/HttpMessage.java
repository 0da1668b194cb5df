package dev.tarn.testkit.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** A request or an answer as it went over the wire. Immutable, as long as nobody writes into its arrays. */
public final class HttpMessage {
    /** Far more than any server takes. */
    private static final int MAX_HEAD_BYTES = 1 << 18;

    /** Bounds the memory of a test; the largest body that a test sends on purpose is below. */
    private static final int MAX_BODY_BYTES = 1 << 27;

    private final String head;
    private final byte[] rawBody;
    private final byte[] body;

    /**
     * A message.
     *
     * @param head start line and headers, with the empty line that ends them
     * @param rawBody body bytes as sent, with the framing of chunks
     * @param body body bytes without the framing, as compressed as they were sent
     */
    public HttpMessage(String head, byte[] rawBody, byte[] body) {
        this.head = head;
        this.rawBody = rawBody;
        this.body = body;
    }

    /** Body bytes without the framing of chunks, as compressed as they were sent. */
    public byte[] body() {
        return body;
    }

    /** {@code GET}; of a request only. */
    public String method() {
        return startLine()[0];
    }

    /** Path and query as sent; of a request only. */
    public String target() {
        return startLine()[1];
    }

    /** Path as sent, without the query; of a request only. */
    public String path() {
        return target().split("\\?", 2)[0];
    }

    /** The status code; of an answer only. */
    public int status() {
        return Integer.parseInt(startLine()[1]);
    }

    /** The value of a header, whatever its case. */
    public Optional<String> header(String name) {
        return head.lines()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    /** The body as text, unpacked. */
    public String text() {
        if (!header("content-encoding").orElse("").equals("gzip")) {
            return new String(body, StandardCharsets.UTF_8);
        }
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return new String(unpacked.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("The body is not what its content-encoding says", e);
        }
    }

    /** Everything as sent. */
    byte[] bytes() {
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + rawBody.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(rawBody, 0, all, start.length, rawBody.length);
        return all;
    }

    boolean endsConnection() {
        return header("connection").orElse("").toLowerCase(Locale.ROOT).equals("close");
    }

    /** The next request; absent if the peer closed the connection before the first byte of it. */
    static Optional<HttpMessage> request(InputStream in) throws IOException {
        Optional<String> head = head(in);
        return head.isEmpty() ? Optional.empty() : Optional.of(withBody(head.get(), in, 0));
    }

    /** The answer to a request; absent if the peer closed the connection before the first byte of it. */
    static Optional<HttpMessage> response(InputStream in, HttpMessage request) throws IOException {
        while (true) {
            Optional<String> head = head(in);
            if (head.isEmpty()) {
                return Optional.empty();
            }
            HttpMessage bare = new HttpMessage(head.get(), new byte[0], new byte[0]);
            int status = bare.status();
            if (status >= 200) {
                boolean empty = request.method().equals("HEAD") || status == 204 || status == 304;
                return Optional.of(empty ? bare : withBody(head.get(), in, MAX_BODY_BYTES));
            }
        }
    }

    private String[] startLine() {
        return head.lines().findFirst().orElse("").split(" ", 3);
    }

    private static Optional<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 4) {
            int next = in.read();
            if (next < 0 && head.size() == 0) {
                return Optional.empty();
            }
            if (next < 0 || head.size() >= MAX_HEAD_BYTES) {
                throw new EOFException("The head of a message is cut or too long");
            }
            head.write(next);
            ends = next == "\r\n\r\n".charAt(ends) ? ends + 1 : (next == '\r' ? 1 : 0);
        }
        return Optional.of(head.toString(StandardCharsets.ISO_8859_1));
    }

    /** Reads the body; one without a length ends with the connection if it may have that many bytes. */
    private static HttpMessage withBody(String head, InputStream in, int maxUntilEnd) throws IOException {
        HttpMessage bare = new HttpMessage(head, new byte[0], new byte[0]);
        if (bare.header("transfer-encoding").orElse("").toLowerCase(Locale.ROOT).contains("chunked")) {
            return chunked(head, in);
        }
        Optional<String> length = bare.header("content-length");
        if (length.isEmpty()) {
            byte[] rest = in.readNBytes(maxUntilEnd);
            return new HttpMessage(head, rest, rest);
        }
        int bytes = Math.min(Integer.parseInt(length.get()), MAX_BODY_BYTES);
        byte[] body = in.readNBytes(bytes);
        if (body.length < bytes) {
            throw new EOFException("The body of a message is cut");
        }
        return new HttpMessage(head, body, body);
    }

    private static HttpMessage chunked(String head, InputStream in) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in, raw);
            int bytes = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
            byte[] chunk = in.readNBytes(bytes);
            if (chunk.length < bytes || body.size() > MAX_BODY_BYTES) {
                throw new EOFException("A chunk is cut, or there are too many");
            }
            raw.write(chunk);
            body.write(chunk);
            String end = line(in, raw);
            while (bytes == 0 && !end.isEmpty()) {
                end = line(in, raw);
            }
            if (bytes == 0) {
                return new HttpMessage(head, raw.toByteArray(), body.toByteArray());
            }
        }
    }

    private static String line(InputStream in, ByteArrayOutputStream raw) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = in.read();
            if (next < 0 || line.length() > MAX_HEAD_BYTES) {
                throw new EOFException("A line of a chunked body is cut or too long");
            }
            raw.write(next);
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
        }
    }
}
