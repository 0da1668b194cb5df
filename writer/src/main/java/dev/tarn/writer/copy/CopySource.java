package dev.tarn.writer.copy;

import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import dev.tarn.writer.ingest.BatchSource;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The rows of all files of a load as batches. Confined to one thread; whoever makes it closes it. */
final class CopySource implements BatchSource, AutoCloseable {
    /** Rows of one batch, as for rows from memory. */
    private static final int BATCH_ROWS = 8_192;

    /** Only a row of absurd size can come near it. */
    private static final long MAX_BATCH_BYTES = 1L << 30;

    private final Schema schema;
    private final CopyOptions options;
    private final CopyProgress progress;
    private final TarnFileIO io;
    private final Iterator<SourceFile> files;
    private final int fileCount;
    private final RejectedRows rejected;
    private final BufferAllocator allocator = new RootAllocator(MAX_BATCH_BYTES);
    private final VectorSchemaRoot root;
    private final RowTransposer transposer;
    private @Nullable RowReader current;
    private @Nullable Object[] defaults = new Object[0];
    private int filesStarted;
    private long rows;

    CopySource(
            Schema schema,
            CopyOptions options,
            List<SourceFile> files,
            TarnFileIO io,
            RejectedRows rejected,
            CopyProgress progress) {
        this.schema = schema;
        this.options = options;
        this.files = files.iterator();
        this.fileCount = files.size();
        this.io = io;
        this.rejected = rejected;
        this.progress = progress;
        this.root = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
        this.transposer = new RowTransposer(schema, root);
    }

    @Override
    public org.apache.arrow.vector.types.pojo.Schema schema() {
        return root.getSchema();
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        transposer.begin();
        while (transposer.rows() < BATCH_ROWS) {
            RowReader reader = reader();
            if (reader == null) {
                break;
            }
            addRow(reader);
        }
        if (transposer.rows() == 0) {
            return null;
        }
        transposer.end();
        rows += transposer.rows();
        progress.rowsRead(rows);
        return root;
    }

    /** Rows that fit, so far. */
    long rows() {
        return rows;
    }

    @Override
    public void close() {
        closeCurrent();
        root.close();
        allocator.close();
    }

    private void addRow(RowReader reader) {
        try {
            @Nullable Object[] row = reader.next();
            if (row == null) {
                closeCurrent();
                return;
            }
            transposer.add((name, column) -> row[column] == null ? defaults[column] : row[column]);
        } catch (BadRowException e) {
            rejected.add(e);
        }
    }

    private @Nullable RowReader reader() {
        if (current == null && files.hasNext()) {
            SourceFile file = files.next();
            progress.fileStarted(file.location(), ++filesStarted, fileCount);
            RowReader opened = open(file);
            current = opened;
            defaults = defaults(opened);
        }
        return current;
    }

    private RowReader open(SourceFile file) {
        InputFile input = io.newInputFile(file.location(), file.length());
        List<Types.NestedField> columns = schema.columns();
        return switch (options.format().orElseGet(() -> CopyFormat.ofName(file.location()))) {
            case PARQUET -> new ParquetRows(input, columns);
            case CSV -> new CsvRows(input, columns, options.csv());
            case JSON_LINES -> new JsonRows(input, columns);
        };
    }

    /** What stands in for columns that the file lacks; a null in the file stays null. */
    private @Nullable Object[] defaults(RowReader reader) {
        List<Types.NestedField> columns = schema.columns();
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            Types.NestedField column = columns.get(i);
            if (!reader.columns().contains(column.name()) && column.writeDefault() != null) {
                values[i] = IdentityPartitionConverters.convertConstant(column.type(), column.writeDefault());
            }
        }
        return values;
    }

    private void closeCurrent() {
        RowReader open = current;
        current = null;
        if (open != null) {
            open.close();
        }
    }
}
