package dev.tarn.writer.copy;

/** The rows of one source file, put into the batch of the load piece by piece. Confined to one thread. */
interface FileBatches extends AutoCloseable {
    /**
     * Fills the batch with the next rows that fit, perhaps none. Rows that do not are told to {@link RowErrors}.
     *
     * @return false at the end of the file, when the batch is left as it was
     * @throws dev.tarn.common.TarnException CORRUPT or INVALID if the file cannot be read on
     */
    boolean fill();

    @Override
    void close();
}
