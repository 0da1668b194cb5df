package dev.tarn.cli;

import dev.tarn.common.ErrorKind;

/** What the exit code of {@code tarn} says. Scripts rely on the numbers: a number never changes its meaning. */
public enum ExitCode {
    /** The work is done. */
    OK(0, "done, or nothing to do"),
    /** A defect in Tarn, or damage in its surroundings that it does not know. */
    UNEXPECTED(1, "unexpected failure: please report it"),
    /** The command line is wrong. */
    USAGE(2, "wrong command line or setting"),
    /** A part of the work is done and kept. */
    PARTIAL(3, "partly done; what is done is kept, run it again for the rest"),
    /** Somebody else changed the table first. */
    CONFLICT(4, "conflict with another writer after retries; nothing was changed"),
    /** It could destroy something. */
    REFUSED(5, "refused for safety; the message says what would make it safe"),
    /** Another process holds what is needed. */
    LOCKED(6, "another process holds the lock"),
    /** Out of time. */
    DEADLINE(7, "out of time; finished progress is kept"),
    /** Done or not done, nobody knows. */
    UNKNOWN_OUTCOME(8, "the change may or may not have happened; look before repeating, delete nothing"),
    /** Login missing or not sufficient. */
    LOGIN(9, "login is missing or may not do this"),
    /** Something wrong in the input data or the statement. */
    BAD_INPUT(11, "bad input: data, statement or file"),
    /** The thing does not exist. */
    NOT_FOUND(12, "the named thing does not exist"),
    /** The thing exists already. */
    ALREADY_EXISTS(13, "the named thing exists already"),
    /** Try again later. */
    UNAVAILABLE(14, "a server or store cannot be reached or is full; try again later"),
    /** Stopped by hand. */
    CANCELLED(130, "stopped by hand");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** The number that the shell sees. */
    public int number() {
        return number;
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }

    /** The code for a failure. */
    public static ExitCode of(ErrorKind kind) {
        return switch (kind) {
            case INVALID, CORRUPT, UNSUPPORTED -> BAD_INPUT;
            case UNAUTHENTICATED, FORBIDDEN -> LOGIN;
            case NOT_FOUND -> NOT_FOUND;
            case ALREADY_EXISTS -> ALREADY_EXISTS;
            case CONFLICT -> CONFLICT;
            case OVERLOADED, UNAVAILABLE -> UNAVAILABLE;
            case DEADLINE -> DEADLINE;
            case CANCELLED -> CANCELLED;
            case REFUSED -> REFUSED;
            case LOCKED -> LOCKED;
            case UNKNOWN_OUTCOME -> UNKNOWN_OUTCOME;
            case INTERNAL -> UNEXPECTED;
        };
    }
}
