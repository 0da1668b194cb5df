package dev.tarn.catalog.http;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A request body is compressed in a way that the server does not know. */
public final class UnsupportedEncodingException extends TarnException {
    private static final long serialVersionUID = 1L;

    /** Names what is understood. */
    public UnsupportedEncodingException() {
        super(ErrorKind.UNSUPPORTED, "Content-Encoding must be gzip or identity");
    }
}
