package dev.tarn.writer.ingest;

import org.apache.arrow.vector.VectorSchemaRoot;

/** Some rows of a batch, in the order in which they are written. The batch and the array stay their owners'. */
public final class RowSelection {
    private final VectorSchemaRoot batch;
    private final int[] rows;
    private final int count;

    /**
     * Chosen rows.
     *
     * @param rows row numbers, of which the first {@code count} are taken; may be longer; not copied
     */
    public RowSelection(VectorSchemaRoot batch, int[] rows, int count) {
        if (count < 0 || count > rows.length) {
            throw new IllegalArgumentException(
                    "count must be between 0 and %d but was %d".formatted(rows.length, count));
        }
        this.batch = batch;
        this.rows = rows;
        this.count = count;
    }

    /** All rows of a batch. */
    public static RowSelection all(VectorSchemaRoot batch) {
        int[] rows = new int[batch.getRowCount()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
        }
        return new RowSelection(batch, rows, rows.length);
    }

    /** The batch that holds the rows. */
    public VectorSchemaRoot batch() {
        return batch;
    }

    /** Row numbers, of which the first {@link #count} are taken; not to be changed. */
    public int[] rows() {
        return rows;
    }

    /** How many rows are taken. */
    public int count() {
        return count;
    }
}
