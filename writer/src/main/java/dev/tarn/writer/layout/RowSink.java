package dev.tarn.writer.layout;

import org.apache.arrow.vector.VectorSchemaRoot;

/** Takes ordered rows of one partition after the other. */
@FunctionalInterface
public interface RowSink {
    /**
     * Takes rows, which are valid during the call only.
     *
     * @param partition number of the partition
     * @param batch where the rows are; may have columns beyond those that were put in
     * @param rows row numbers in their order, of which the first {@code count} are meant
     * @param origins where each row came from, by its number in the batch
     */
    void accept(int partition, VectorSchemaRoot batch, int[] rows, int count, Origins origins);

    /** Where rows came from. */
    @FunctionalInterface
    interface Origins {
        /** The origin that was given for a row of the batch; 0 in a store that keeps none. */
        long of(int row);
    }
}
