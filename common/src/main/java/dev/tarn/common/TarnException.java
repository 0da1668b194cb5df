package dev.tarn.common;

import org.jspecify.annotations.Nullable;

/**
 * A failure that a caller can act on. The message names the thing, the expected and the found, in one sentence that
 * says what to do; it holds no secret and no row value.
 */
public class TarnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    /** A failure without a cause. */
    public TarnException(ErrorKind kind, String message) {
        this(kind, message, null);
    }

    /**
     * A failure with the exception that led to it.
     *
     * @param cause what was caught, or null where there is none
     */
    public TarnException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What the caller can do. */
    public final ErrorKind kind() {
        return kind;
    }
}
