package dev.tarn.catalog.http;

/** A request body is compressed in a way that the server does not know. */
public final class UnsupportedEncodingException extends EdgeException {
    private static final long serialVersionUID = 1L;

    /** Names what is understood. */
    public UnsupportedEncodingException() {
        super(415, "Content-Encoding must be gzip, zstd or identity");
    }
}
