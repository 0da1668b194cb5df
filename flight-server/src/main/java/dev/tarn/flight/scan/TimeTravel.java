package dev.tarn.flight.scan;

/**
 * A wish for another snapshot than the current one.
 *
 * @param unit how the value names the snapshot
 * @param value as written, without quotes
 * @param position index of the clause in the statement
 */
record TimeTravel(Unit unit, String value, int position) {
    enum Unit {
        SNAPSHOT_ID,
        /** A tag, a branch, or a snapshot id written as text. */
        REFERENCE,
        TAG,
        BRANCH,
        TIMESTAMP
    }
}
