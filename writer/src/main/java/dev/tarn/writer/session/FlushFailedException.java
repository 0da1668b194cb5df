package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;

/**
 * The flush that held a batch did not commit, or nobody knows whether it did (kind UNKNOWN_OUTCOME). The session goes on; a
 * producer of the flush asks {@link IngestSession#resume} where it has to go on.
 */
public final class FlushFailedException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final List<String> leftovers;

    FlushFailedException(ErrorKind kind, String message, Throwable cause, List<String> leftovers) {
        super(kind, message, cause);
        this.leftovers = List.copyOf(leftovers);
    }

    /** Files of the flush that still exist: no snapshot is known to refer to them, and orphan cleanup will find them. */
    public List<String> leftovers() {
        return leftovers;
    }
}
