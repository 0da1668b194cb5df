package dev.tarn.testkit.histories;

import java.util.Map;
import java.util.Set;

/**
 * What a client asked for and learned. Every object is a list: a table the list of the transactions that appended to it, a
 * name the list of those that put an object there and took it away again.
 *
 * @param id number of the transaction, and the element that it appends
 * @param invoked when the client asked, on a clock that all clients share
 * @param returned when the client knew the ending; never, for an unknown one
 * @param ending what the client knows
 * @param reads what it saw of which lists, as far as it depended on that; of a failed one nothing counts
 * @param absent names at which it found nothing
 * @param appends lists that it appended itself to
 */
public record Transaction(
        int id,
        long invoked,
        long returned,
        Ending ending,
        Map<String, Seen> reads,
        Set<String> absent,
        Set<String> appends) {
    /** The time that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    /** How a transaction ended, as far as its client knows. */
    public enum Ending {
        /** All of it happened. */
        DONE,
        /** Nothing of it happened. */
        FAILED,
        /** All or nothing of it happened, or will. */
        UNKNOWN
    }

    /** Refuses a transaction that ends before it begins, and copies. */
    public Transaction {
        reads = Map.copyOf(reads);
        absent = Set.copyOf(absent);
        appends = Set.copyOf(appends);
        if (returned < invoked || (ending == Ending.UNKNOWN && returned != NEVER)) {
            throw new IllegalArgumentException("Transaction %d, %s, cannot be invoked at %d and return at %d"
                    .formatted(id, ending, invoked, returned));
        }
    }
}
