package dev.tarn.writer.index;

import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.expressions.Expression;

/** The keys in data files: column by column where the file allows it, else through records. Confined to one thread. */
public final class FileKeys {
    private final Table table;
    private final KeyColumns columns;
    private final Expression filter;
    private final KeyHash hash;

    /** Gets every key. */
    @FunctionalInterface
    public interface KeyAt {
        /** A key, as the two halves of its {@link KeyHash}, and the position of its row in the file. */
        void found(long high, long low, long position);
    }

    /** @param filter lets row groups be skipped; keys that do not match may still be shown */
    public FileKeys(Table table, KeyColumns columns, Expression filter) {
        this.table = table;
        this.columns = columns;
        this.filter = filter;
        this.hash = new KeyHash(columns);
    }

    /**
     * Shows the keys of all rows of a file, deleted or not; rows without a complete key are left out.
     *
     * @throws dev.tarn.common.TarnException CORRUPT naming the file, if it cannot be read
     */
    public void forEach(FileScanTask task, KeyAt consumer) {
        if (task.file().format() == FileFormat.PARQUET
                && new ParquetKeys(columns, hash, filter)
                        .forEach(
                                table.io().newInputFile(task.file()),
                                position -> consumer.found(hash.high(), hash.low(), position))) {
            return;
        }
        InternalRecordWrapper row = new InternalRecordWrapper(columns.schema().asStruct());
        new FileRows(table, columns.schema(), filter).forEach(task, (record, position) -> {
            // The key columns come first in what is read, so the wrapper reads the right places.
            if (hash.set(row.wrap(record))) {
                consumer.found(hash.high(), hash.low(), position);
            }
        });
    }
}
