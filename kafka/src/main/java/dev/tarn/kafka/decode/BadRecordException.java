package dev.tarn.kafka.decode;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import org.jspecify.annotations.Nullable;

/** One record cannot become a row, and it is the record's own fault. The message holds no value of it. */
public final class BadRecordException extends TarnException {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    /** What is wrong with a record; the names are those in the column {@code error_kind} of a dead-letter table. */
    public enum Fault {
        /** The bytes are not what the format promises. */
        UNDECODABLE,
        /** The schema that the record names is not known to the registry. */
        UNKNOWN_SCHEMA,
        /** A field has a value that its column cannot hold. */
        WRONG_VALUE,
        /** A column that must have a value gets none. */
        MISSING_VALUE,
        /** A field has no column. */
        UNKNOWN_FIELD
    }

    /** A fault without a cause. */
    public BadRecordException(Fault fault, String message) {
        this(fault, message, null);
    }

    /** A fault that was found by somebody else. */
    public BadRecordException(Fault fault, String message, @Nullable Throwable cause) {
        super(ErrorKind.INVALID, message, cause);
        this.fault = fault;
    }

    /** What is wrong. */
    public Fault fault() {
        return fault;
    }
}
