package dev.tarn.catalog.http;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** A request that the HTTP edge refuses before anybody looks at what it asks for. */
public class EdgeException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** A refusal with the status that HTTP has for it. */
    public EdgeException(int status, String message) {
        super(ErrorKind.INVALID, message);
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
