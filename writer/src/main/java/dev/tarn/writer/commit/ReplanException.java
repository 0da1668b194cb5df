package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;

/** The files that a commit rests on were changed by somebody else: plan against the new snapshot, then try again. */
public final class ReplanException extends TarnException {
    private static final long serialVersionUID = 1L;

    ReplanException(String message, Throwable cause) {
        super(ErrorKind.CONFLICT, message, cause);
    }
}
