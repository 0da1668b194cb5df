package dev.tarn.catalog.planning;

import org.jspecify.annotations.Nullable;

/**
 * What a manifest says about one column of the table, by row; null where it says nothing. Immutable, thread-safe.
 *
 * @param fieldId id of the column in the table's schema
 * @param sizes bytes on disk
 * @param values values, nulls and NaNs included
 * @param nulls null values
 * @param nans NaN values
 * @param lower lower bounds
 * @param upper upper bounds
 */
record ColumnStats(
        int fieldId,
        @Nullable LongColumn sizes,
        @Nullable LongColumn values,
        @Nullable LongColumn nulls,
        @Nullable LongColumn nans,
        @Nullable BoundColumn lower,
        @Nullable BoundColumn upper) {
    /** A column that a manifest says nothing about. */
    static ColumnStats unknown(int fieldId) {
        return new ColumnStats(fieldId, null, null, null, null, null, null);
    }

    /** Whether a row is known to hold nulls only. */
    boolean holdsNullsOnly(int row) {
        return has(values, row) && has(nulls, row) && get(values, row) == get(nulls, row);
    }

    /** Whether it is plain that no row is known to hold nothing but nulls or nothing but NaNs. */
    boolean allMayHoldValues(int rows) {
        return staysBelow(nulls, values, rows) && staysBelow(nans, values, rows);
    }

    /** Whether every count in one column is less than any in the other, or one of the two is missing. */
    private static boolean staysBelow(@Nullable LongColumn counts, @Nullable LongColumn totals, int rows) {
        return counts == null
                || totals == null
                || (counts.isComplete(rows) && totals.isComplete(rows) && counts.max() < totals.min());
    }

    /** Whether a row is known to hold NaNs only. */
    boolean holdsNansOnly(int row) {
        return has(nans, row) && has(values, row) && get(nans, row) == get(values, row);
    }

    /** Whether a row is known to hold no NaN. */
    boolean holdsNoNans(int row) {
        return has(nans, row) && get(nans, row) == 0;
    }

    /** Whether a row may hold a null. */
    boolean mayHoldNulls(int row) {
        return !has(nulls, row) || get(nulls, row) != 0;
    }

    long bytes() {
        return 96
                + size(sizes)
                + size(values)
                + size(nulls)
                + size(nans)
                + (lower == null ? 0 : lower.bytes())
                + (upper == null ? 0 : upper.bytes());
    }

    private static long size(@Nullable LongColumn column) {
        return column == null ? 0 : column.bytes();
    }

    private static boolean has(@Nullable LongColumn column, int row) {
        return column != null && column.has(row);
    }

    private static long get(@Nullable LongColumn column, int row) {
        return column == null ? 0 : column.get(row);
    }
}
