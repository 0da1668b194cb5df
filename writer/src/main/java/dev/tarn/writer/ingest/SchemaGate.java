package dev.tarn.writer.ingest;

import dev.tarn.writer.arrow.ArrowSchemas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The first gate of every call: gives columns the names that the table has for them, and where the options allow it leaves
 * out rows or values that do not fit the schema. Values inside lists, maps and structs are not looked at: a nested column
 * fits as a whole or not at all. Row numbers stay the same.
 */
final class SchemaGate implements WriteGate {
    static final String DISCARDED_ROWS = "tarn.discarded-rows";
    static final String DISCARDED_VALUES = "tarn.discarded-values";

    private final Schema schema;
    private final SchemaEvolution rule;
    private final ColumnMatching matching;
    /** Holds copies of columns of one batch, so the batch bounds it. */
    private final BufferAllocator allocator = new RootAllocator();

    private final List<FieldVector> converted = new ArrayList<>();
    private org.apache.arrow.vector.types.pojo.@Nullable Schema lastSchema;
    private @Nullable MatchedColumns lastMatched;
    private long discardedRows;
    private long discardedValues;

    SchemaGate(Table table, IngestOptions options) {
        this.schema = table.schema();
        this.rule = options.evolution();
        this.matching = options.columnMatching();
    }

    @Override
    public RowSelection admit(RowSelection rows) {
        releaseConverted();
        VectorSchemaRoot batch = rows.batch();
        MatchedColumns matched = matched(batch.getSchema());
        if (rule.discards()) {
            return new Fitting(matched, rows).run();
        }
        return matched.areNamedAlike(batch.getSchema())
                ? rows
                : new RowSelection(matched.named(batch), rows.rows(), rows.count());
    }

    @Override
    public Map<String, String> summary() {
        return rule.discards()
                ? Map.of(DISCARDED_ROWS, Long.toString(discardedRows), DISCARDED_VALUES, Long.toString(discardedValues))
                : Map.of();
    }

    @Override
    public long rejectedRows() {
        return discardedRows;
    }

    @Override
    public void close() {
        releaseConverted();
        allocator.close();
    }

    private void releaseConverted() {
        converted.forEach(FieldVector::close);
        converted.clear();
    }

    private MatchedColumns matched(org.apache.arrow.vector.types.pojo.Schema batch) {
        MatchedColumns matched = lastMatched;
        if (matched == null || !batch.equals(lastSchema)) {
            matched = MatchedColumns.of(schema, batch, matching);
            lastSchema = batch;
            lastMatched = matched;
        }
        return matched;
    }

    /** Makes the rows of one batch fit. */
    private final class Fitting {
        private final MatchedColumns matched;
        private final RowSelection rows;
        private final BitSet dropped = new BitSet();
        private final List<Field> fields = new ArrayList<>();
        private final List<FieldVector> vectors = new ArrayList<>();

        Fitting(MatchedColumns matched, RowSelection rows) {
            this.matched = matched;
            this.rows = rows;
        }

        RowSelection run() {
            for (int i = 0; i < matched.columns().size(); i++) {
                FieldVector vector = rows.batch().getVector(i);
                Optional<Types.NestedField> column = matched.columns().get(i);
                if (column.isEmpty() || !mayFit(column.get(), vector)) {
                    discardValues(vector);
                } else {
                    add(column.get(), fitting(column.get(), vector));
                }
            }
            schema.columns().forEach(this::dropRowsWithout);
            int[] kept = new int[rows.count()];
            int count = 0;
            for (int i = 0; i < rows.count(); i++) {
                if (!dropped.get(rows.rows()[i])) {
                    kept[count++] = rows.rows()[i];
                }
            }
            discardedRows += rows.count() - count;
            return new RowSelection(
                    new VectorSchemaRoot(fields, vectors, rows.batch().getRowCount()), kept, count);
        }

        private void add(Types.NestedField column, FieldVector vector) {
            Field field = vector.getField();
            fields.add(new Field(column.name(), field.getFieldType(), field.getChildren()));
            vectors.add(vector);
        }

        private void discardValues(FieldVector vector) {
            for (int i = 0; i < rows.count(); i++) {
                int row = rows.rows()[i];
                if (!vector.isNull(row)) {
                    discard(row);
                }
            }
        }

        private void discard(int row) {
            if (rule == SchemaEvolution.DISCARD_ROW) {
                dropped.set(row);
            } else {
                discardedValues++;
            }
        }

        /** The vector itself if none of its values can fail, else a copy of what converts. */
        private FieldVector fitting(Types.NestedField column, FieldVector vector) {
            if (!column.type().isPrimitiveType() || isOfType(column, vector)) {
                return vector;
            }
            FieldVector copy = ArrowSchemas.toArrow(column).createVector(allocator);
            converted.add(copy);
            copy.setInitialCapacity(rows.batch().getRowCount());
            copy.allocateNew();
            ValueConversion conversion = new ValueConversion(column.name(), column.type(), vector, copy);
            int[] ascending = rows.rows().clone();
            Arrays.sort(ascending, 0, rows.count());
            for (int i = 0; i < rows.count(); i++) {
                int row = ascending[i];
                if (!vector.isNull(row) && !conversion.copy(row)) {
                    discard(row);
                }
            }
            copy.setValueCount(rows.batch().getRowCount());
            return copy;
        }

        private void dropRowsWithout(Types.NestedField column) {
            if (column.isOptional()) {
                return;
            }
            FieldVector vector = null;
            for (int i = 0; i < fields.size(); i++) {
                if (fields.get(i).getName().equals(column.name())) {
                    vector = vectors.get(i);
                }
            }
            if (vector == null && column.writeDefault() != null) {
                return;
            }
            for (int i = 0; i < rows.count(); i++) {
                if (vector == null || vector.isNull(rows.rows()[i])) {
                    dropped.set(rows.rows()[i]);
                }
            }
        }
    }

    private static boolean isOfType(Types.NestedField column, FieldVector vector) {
        return switch (column.type().typeId()) {
            // These have vectors of more than one shape, which the encoder knows; their values are opaque here.
            case UNKNOWN, GEOMETRY, GEOGRAPHY -> true;
            default ->
                ArrowSchemas.toArrow(column).getType().equals(vector.getField().getType());
        };
    }

    private static boolean mayFit(Types.NestedField column, FieldVector vector) {
        return column.type().isPrimitiveType()
                || column.type().isVariantType()
                || nestedFits(column.type(), vector.getField());
    }

    private static boolean nestedFits(Type type, Field field) {
        List<Field> children = field.getChildren();
        return switch (type.typeId()) {
            case STRUCT ->
                children.stream().allMatch(child -> {
                    Types.NestedField known = type.asStructType().field(child.getName());
                    return known != null && nestedFits(known.type(), child);
                });
            case LIST -> children.size() == 1 && nestedFits(type.asListType().elementType(), children.get(0));
            case MAP -> {
                List<Field> entry =
                        children.isEmpty() ? List.of() : children.get(0).getChildren();
                yield entry.size() == 2
                        && nestedFits(type.asMapType().keyType(), entry.get(0))
                        && nestedFits(type.asMapType().valueType(), entry.get(1));
            }
            case UNKNOWN, VARIANT, GEOMETRY, GEOGRAPHY -> true;
            default ->
                children.isEmpty()
                        && ArrowSchemas.toArrow(Types.NestedField.optional(1, field.getName(), type))
                                .getType()
                                .equals(field.getType());
        };
    }
}
