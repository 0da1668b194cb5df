package dev.tarn.writer.change;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * One change of one row.
 *
 * @param kind what happened
 * @param values values by column name, in Iceberg's generic Java types; a delete needs its key only. Absent names are null
 */
public record ChangeEvent(ChangeKind kind, Map<String, Object> values) {
    /** Copies the values, of which some may be null. */
    public ChangeEvent {
        values = Collections.unmodifiableMap(new HashMap<>(values));
    }

    /** A new row. */
    public static ChangeEvent insert(Map<String, Object> row) {
        return new ChangeEvent(ChangeKind.INSERT, row);
    }

    /** A row that takes the place of the one with its key. */
    public static ChangeEvent update(Map<String, Object> row) {
        return new ChangeEvent(ChangeKind.UPDATE, row);
    }

    /** A row that is gone. */
    public static ChangeEvent delete(Map<String, Object> key) {
        return new ChangeEvent(ChangeKind.DELETE, key);
    }
}
