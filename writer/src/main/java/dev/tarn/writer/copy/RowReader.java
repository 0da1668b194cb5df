package dev.tarn.writer.copy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of one source file in the order of the table's columns. Confined to one thread. */
interface RowReader extends AutoCloseable {
    /** Names of the table's columns that the file has. */
    Set<String> columns();

    /**
     * The next row: one value for each column of the table in Iceberg's generic Java types, null where there is none.
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
