package dev.tarn.writer.change;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.index.KeyColumns;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches of change events: which rows are deletes, and what of a batch goes into the table. Not thread-safe; whoever
 * makes it closes it.
 */
public final class ChangeBatches implements AutoCloseable {
    /** One bit for each row of a batch, so this stops nothing but batches that could not be in memory. */
    private static final long MAX_MARK_BYTES = 1L << 28;

    private final Table table;
    private final MergeOptions options;
    private final Schema given;
    private final BufferAllocator allocator = new RootAllocator(MAX_MARK_BYTES);
    private @Nullable BitVector marks;

    /**
     * For events of one schema.
     *
     * @throws TarnException INVALID if the events lack the operation column or one of the table's columns, or the
     *     soft-delete column is not a boolean of the table
     */
    public ChangeBatches(Table table, MergeOptions options, Schema given) {
        this.table = table;
        this.options = options;
        this.given = given;
        List<String> names = given.getFields().stream().map(Field::getName).toList();
        requireColumn(names, options.operationColumn(), "the operation column");
        options.sequenceColumn().ifPresent(name -> requireColumn(names, name, "the sequence column"));
        options.softDeleteColumn().ifPresent(this::requireBoolean);
        refusePartialRows(names);
    }

    /** The columns of the events that are meant for the table. */
    public Schema tableColumns() {
        List<Field> fields = new ArrayList<>();
        for (Field field : given.getFields()) {
            boolean control = field.getName().equals(options.operationColumn())
                    || options.sequenceColumn().equals(Optional.of(field.getName()));
            if (!control || table.schema().findField(field.getName()) != null) {
                fields.add(field);
            }
        }
        return new Schema(fields);
    }

    /**
     * The rows of a batch that are deletes.
     *
     * @throws TarnException INVALID naming the row, if an operation is null or not known
     */
    public BitSet deletes(VectorSchemaRoot batch) {
        FieldVector operations = batch.getVector(options.operationColumn());
        BitSet deletes = new BitSet(batch.getRowCount());
        for (int row = 0; row < batch.getRowCount(); row++) {
            Object value = operations.getObject(row);
            ChangeKind kind = value == null
                    ? null
                    : options.operations().get(value.toString().toLowerCase(Locale.ROOT));
            if (kind == null) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Operation column '%s' is %s in row %d of the batch; it may be one of %s"
                                .formatted(
                                        options.operationColumn(),
                                        value == null ? "null" : "something else",
                                        row,
                                        options.operations().keySet().stream()
                                                .sorted()
                                                .toList()));
            }
            if (kind == ChangeKind.DELETE) {
                deletes.set(row);
            }
        }
        return deletes;
    }

    /** Whether deleted rows stay and are marked. */
    public boolean marksDeletes() {
        return options.softDeleteColumn().isPresent();
    }

    /**
     * The batch with the soft-delete column set, which is true for deletes.
     *
     * @return shares the vectors of the batch; not to be closed, and valid until the next call
     */
    public VectorSchemaRoot marked(VectorSchemaRoot batch, BitSet deletes) {
        String name = options.softDeleteColumn().orElseThrow();
        BitVector fresh = new BitVector(name, allocator);
        replaceMarks(fresh);
        fresh.allocateNew(batch.getRowCount());
        for (int row = 0; row < batch.getRowCount(); row++) {
            fresh.set(row, deletes.get(row) ? 1 : 0);
        }
        fresh.setValueCount(batch.getRowCount());
        List<FieldVector> vectors = new ArrayList<>();
        for (FieldVector vector : batch.getFieldVectors()) {
            if (!vector.getName().equals(name)) {
                vectors.add(vector);
            }
        }
        vectors.add(fresh);
        return new VectorSchemaRoot(vectors.stream().map(FieldVector::getField).toList(), vectors, batch.getRowCount());
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            closer.register(allocator);
            if (marks != null) {
                closer.register(marks);
            }
        }
    }

    private void replaceMarks(BitVector fresh) {
        if (marks != null) {
            marks.close();
        }
        marks = fresh;
    }

    private void requireColumn(List<String> names, String column, String what) {
        if (!names.contains(column)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The changes lack %s '%s'%s".formatted(what, column, NearestName.hint(column, names)));
        }
    }

    private void requireBoolean(String column) {
        Types.NestedField field = KeyColumns.column(table, column);
        if (field.type().typeId() != Type.TypeID.BOOLEAN) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Soft-delete column '%s' must be boolean but is %s".formatted(column, field.type()));
        }
    }

    private void refusePartialRows(List<String> names) {
        for (Types.NestedField column : table.schema().columns()) {
            boolean filled = options.softDeleteColumn().equals(Optional.of(column.name()));
            if (!filled && !names.contains(column.name())) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The changes lack column '%s' of table %s: updates of single columns cannot be merged; send whole rows"
                                .formatted(column.name(), table.name()));
            }
        }
    }
}
