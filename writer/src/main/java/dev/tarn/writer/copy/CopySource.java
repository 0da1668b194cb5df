package dev.tarn.writer.copy;

import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import dev.tarn.writer.ingest.BatchSource;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;

/** The rows of files as batches of the table's own types. Confined to one thread; whoever makes it closes it. */
final class CopySource implements BatchSource, AutoCloseable {
    private final CopyOptions options;
    private final CopyProgress progress;
    private final TarnFileIO io;
    private final Iterator<SourceFile> files;
    private final int fileCount;
    private final RowErrors errors;
    private final TableBatch batch;
    private @Nullable FileBatches current;
    private int filesStarted;
    private long rows;

    CopySource(
            Schema schema,
            CopyOptions options,
            List<SourceFile> files,
            TarnFileIO io,
            RowErrors errors,
            CopyProgress progress) {
        this.options = options;
        this.files = files.iterator();
        this.fileCount = files.size();
        this.io = io;
        this.errors = errors;
        this.progress = progress;
        this.batch = new TableBatch(schema);
    }

    @Override
    public org.apache.arrow.vector.types.pojo.Schema schema() {
        return batch.root().getSchema();
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        while (!errors.isFull()) {
            FileBatches file = file();
            if (file == null) {
                return null;
            }
            if (!file.fill()) {
                closeCurrent();
            } else if (batch.root().getRowCount() > 0) {
                rows += batch.root().getRowCount();
                progress.rowsRead(rows);
                return batch.root();
            }
        }
        return null;
    }

    /** Reads everything for the errors' sake. */
    void readAll() {
        while (next() != null) {
            // Reading is the check.
        }
    }

    /** Rows that fit, so far. */
    long rows() {
        return rows;
    }

    @Override
    public void close() {
        try {
            closeCurrent();
        } finally {
            batch.close();
        }
    }

    private @Nullable FileBatches file() {
        if (current == null && files.hasNext()) {
            SourceFile file = files.next();
            progress.fileStarted(file.location(), ++filesStarted, fileCount);
            current = open(file);
        }
        return current;
    }

    private FileBatches open(SourceFile file) {
        InputFile input = io.newInputFile(file.location(), file.length());
        return switch (options.formatOf(file.location())) {
            case PARQUET -> new ParquetBatches(input, batch, options.mapping(), errors);
            case ARROW -> new ArrowBatches(input, batch, options.mapping(), errors);
            case CSV -> new RowBatches(new CsvRows(input, batch.columns(), options), batch, errors);
            case JSON_LINES -> new RowBatches(new JsonRows(input, batch.columns(), options), batch, errors);
        };
    }

    private void closeCurrent() {
        FileBatches open = current;
        current = null;
        if (open != null) {
            open.close();
        }
    }
}
