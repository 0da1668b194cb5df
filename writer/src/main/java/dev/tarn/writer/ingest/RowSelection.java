package dev.tarn.writer.ingest;

import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Some rows of a batch, in the order in which they are written.
 *
 * @param batch the batch, which stays its owner's
 * @param rows row numbers, of which the first {@code count} are taken; may be longer
 * @param count how many rows are taken
 */
public record RowSelection(VectorSchemaRoot batch, int[] rows, int count) {
    /** Refuses counts that the array cannot hold. */
    public RowSelection {
        if (count < 0 || count > rows.length) {
            throw new IllegalArgumentException(
                    "count must be between 0 and %d but was %d".formatted(rows.length, count));
        }
    }

    /** All rows of a batch. */
    public static RowSelection all(VectorSchemaRoot batch) {
        int[] rows = new int[batch.getRowCount()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        return new RowSelection(batch, rows, rows.length);
    }
}
