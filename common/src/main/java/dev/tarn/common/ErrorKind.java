package dev.tarn.common;

/**
 * What a caller can do about a failure. HTTP status, Flight status and exit code each come from one {@code switch} over
 * this enum; a new kind is added only if a caller would act differently.
 */
public enum ErrorKind {
    /** The request itself is wrong; repeating it cannot help. */
    INVALID,
    /** Nobody is known to be asking: log in. */
    UNAUTHENTICATED,
    /** The caller is known and may not do this. */
    FORBIDDEN,
    /** The named thing does not exist. */
    NOT_FOUND,
    /** The named thing exists already. */
    ALREADY_EXISTS,
    /** Somebody else changed the thing first: read it again, then decide. Nothing was changed by this request. */
    CONFLICT,
    /** A limit was reached before any work was done: repeat later. */
    OVERLOADED,
    /** Something this work depends on cannot be reached: repeat later, or repair it. */
    UNAVAILABLE,
    /** The time allowed ran out; finished progress is kept. */
    DEADLINE,
    /** The caller, or an operator, stopped the work. */
    CANCELLED,
    /** Valid, but not something this version can do. */
    UNSUPPORTED,
    /** Data at rest is damaged or not what its format promises. */
    CORRUPT,
    /** Refused because it could destroy something: the message says what would make it safe. */
    REFUSED,
    /** Another process holds what this work needs. */
    LOCKED,
    /** The change may or may not have happened. Delete nothing, and do not repeat blindly. */
    UNKNOWN_OUTCOME,
    /** A defect in Tarn. */
    INTERNAL
}
