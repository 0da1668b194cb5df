package dev.tarn.writer.copy;

import org.jspecify.annotations.Nullable;

/** Rows of one text file in the order of the table's columns. Confined to one thread. */
interface RowReader extends AutoCloseable {
    /** Stands in a row for a column that the file lacks, where the column's default goes. */
    Object ABSENT = new Object();

    /**
     * The next row: one value for each column of the table in Iceberg's generic Java types, null for null, or {@link
     * #ABSENT}.
     *
     * @return null at the end
     * @throws BadRowException if the row does not fit; the next call goes on after it
     * @throws dev.tarn.common.TarnException CORRUPT or INVALID if the file cannot be read on
     */
    @Nullable
    Object @Nullable [] next();

    @Override
    void close();
}
