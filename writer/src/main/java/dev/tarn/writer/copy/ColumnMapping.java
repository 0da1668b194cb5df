package dev.tarn.writer.copy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which column of a file goes into which column of the table.
 *
 * @param by how columns are matched
 * @param columns name in the table to name in the file; where there are any, only these are loaded and {@code by} only says
 *     how the names of the file are compared
 * @param extra what happens to columns of a file that the table lacks
 */
public record ColumnMapping(By by, Map<String, String> columns, Extra extra) {
    /** By name in upper and lower case as given; unknown columns are refused. */
    public static final ColumnMapping DEFAULT = new ColumnMapping(By.NAME, Map.of(), Extra.REFUSE);

    /** How columns are matched. */
    public enum By {
        /** By name. */
        NAME,
        /** By name, whatever is upper and lower case. */
        NAME_IGNORING_CASE,
        /** By Iceberg field id, for Parquet and Arrow; nested fields too. */
        FIELD_ID,
        /** The first column into the first and so on, for files with columns in an order. */
        POSITION
    }

    /** What happens to columns of a file that the table lacks. */
    public enum Extra {
        /** The file is refused. */
        REFUSE,
        /** They are passed over. */
        IGNORE,
        /** They are added to the table before anything is loaded, with the type that a sample suggests. */
        EVOLVE
    }

    /** Copies the map, keeping its order. */
    public ColumnMapping {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** The same, matching another way. */
    public ColumnMapping withBy(By other) {
        return new ColumnMapping(other, columns, extra);
    }

    /** The same, with explicit columns. */
    public ColumnMapping withColumns(Map<String, String> others) {
        return new ColumnMapping(by, others, extra);
    }

    /** The same, with another rule for extra columns. */
    public ColumnMapping withExtra(Extra other) {
        return new ColumnMapping(by, columns, other);
    }

    /** How fields of structs are matched: they have no position that means anything, and are not chosen one by one. */
    ColumnMapping nested() {
        return new ColumnMapping(by == By.POSITION ? By.NAME : by, Map.of(), extra);
    }
}
