package dev.tarn.catalog.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** Another request with the same idempotency key finished first: its reply is to be given again. */
public final class KeyTakenException extends TarnException {
    private static final long serialVersionUID = 1L;

    /** For one key, which is not shown since it is the client's own. */
    public KeyTakenException() {
        super(ErrorKind.CONFLICT, "The idempotency key was used by another request");
    }
}
