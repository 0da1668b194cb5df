package dev.tarn.writer.copy;

import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.copy.SourceColumns.SourceColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Batches of one Arrow IPC file or stream; columns of the table's own type change hands, others are converted. */
final class ArrowBatches implements FileBatches {
    private final String location;
    private final TableBatch batch;
    private final ColumnMapping mapping;
    private final BatchErrors errors;
    private final BufferAllocator allocator;
    private final ArrowReader reader;
    private final int[] places;
    private long rowsRead;

    ArrowBatches(InputFile file, TableBatch batch, ColumnMapping mapping, RowErrors errors) {
        this.location = file.location();
        this.batch = batch;
        this.mapping = mapping.nested();
        this.errors = new BatchErrors(location, errors);
        this.allocator = batch.allocator().newChildAllocator("arrow-file", 0, Long.MAX_VALUE);
        ArrowReader opened = null;
        try {
            opened = ArrowInput.open(file, allocator);
            this.reader = opened;
            List<SourceColumn> found =
                    sources(reader.getVectorSchemaRoot().getSchema().getFields());
            this.places = SourceColumns.places(location, found, batch.columns(), mapping);
        } catch (IOException | RuntimeException e) {
            close(opened);
            throw ParquetInput.failure(location, e);
        }
    }

    @Override
    public boolean fill() {
        try {
            if (!reader.loadNextBatch()) {
                return false;
            }
            VectorSchemaRoot given = reader.getVectorSchemaRoot();
            int rows = given.getRowCount();
            for (int i = 0; i < places.length; i++) {
                if (places[i] == SourceColumns.ABSENT) {
                    batch.fillWithDefault(i, rows);
                } else {
                    take(
                            batch.columns().get(i),
                            given.getVector(places[i]),
                            batch.root().getVector(i),
                            rows);
                }
            }
            batch.root().setRowCount(rows);
            errors.settle(batch, rowsRead);
            rowsRead += rows;
            return true;
        } catch (IOException | RuntimeException e) {
            throw ParquetInput.failure(location, e);
        }
    }

    @Override
    public void close() {
        close(reader);
    }

    /** The columns of a file. */
    static List<SourceColumn> sources(List<Field> fields) {
        List<SourceColumn> found = new ArrayList<>();
        for (Field field : fields) {
            String id = field.getMetadata().getOrDefault(ArrowSchemas.FIELD_ID_KEY, "");
            boolean number = id.matches("\\d{1,9}");
            found.add(new SourceColumn(
                    field.getName(), number ? OptionalInt.of(Integer.parseInt(id)) : OptionalInt.empty()));
        }
        return found;
    }

    private void take(Types.NestedField column, FieldVector given, FieldVector target, int rows) throws IOException {
        try {
            takeUnnamed(column, given, target, rows);
        } catch (TarnException e) {
            throw new TarnException(
                    e.kind(), "%s: %s".formatted(BadRowException.fileName(location), e.getMessage()), e);
        }
    }

    private void takeUnnamed(Types.NestedField column, FieldVector given, FieldVector target, int rows)
            throws IOException {
        if (given.getField().getDictionary() == null) {
            ArrowColumn.move(column, given, target, rows, mapping, errors);
            return;
        }
        long id = given.getField().getDictionary().getId();
        try (FieldVector decoded = (FieldVector)
                DictionaryEncoder.decode(given, reader.getDictionaryVectors().get(id))) {
            ArrowColumn.move(column, decoded, target, rows, mapping, errors);
        }
    }

    private void close(@Nullable ArrowReader open) {
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw ParquetInput.failure(location, e);
        } finally {
            allocator.close();
        }
    }
}
