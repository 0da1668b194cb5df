package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.parquet.LeafEncoder.Leaf;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes one leaf column of a batch: walks from the top-level vector down to the leaf and derives repetition and
 * definition levels on the way, so that no record is ever put together. Bound to the vectors of one batch.
 */
final class ColumnShredder {
    private final List<Step> path;
    private final Leaf leaf;

    /** Absent where the batch lacks the column, or a parent of it. */
    private final @Nullable LeafEncoder encoder;

    private enum Shape {
        LEAF,
        STRUCT,
        REPEATED
    }

    private record Step(
            String name,
            Shape shape,
            boolean optional,
            @Nullable FieldVector vector,
            int repetition) {}

    private ColumnShredder(List<Step> path, Leaf leaf, @Nullable LeafEncoder encoder) {
        this.path = List.copyOf(path);
        this.leaf = leaf;
        this.encoder = encoder;
    }

    /**
     * The shredders of all leaves below one top-level column, in the order of Parquet's columns.
     *
     * @param leaves all leaves of the file; those of this column begin at {@code firstLeaf}
     * @param vector null if the batch lacks the column
     */
    static List<ColumnShredder> of(
            Types.NestedField column, @Nullable FieldVector vector, List<Leaf> leaves, int firstLeaf) {
        List<ColumnShredder> found = new ArrayList<>();
        Walk walk = new Walk(leaves, firstLeaf, found);
        walk.visit(column.name(), column.type(), column.isOptional(), vector, List.of(), 0);
        if (vector == null && column.writeDefault() != null) {
            ColumnShredder constant = found.get(0);
            Step step = constant.path.get(0);
            LeafEncoder encoder = ConstantEncoder.of(constant.leaf, column.writeDefault());
            return List.of(new ColumnShredder(List.of(step), constant.leaf, encoder));
        }
        return found;
    }

    /** The leaves of a schema, in the order of Parquet's columns; columns of type unknown have none. */
    static List<Leaf> leaves(List<Types.NestedField> columns) {
        List<Leaf> leaves = new ArrayList<>();
        columns.forEach(column -> addLeaves(column.fieldId(), column.name(), column.type(), leaves));
        return leaves;
    }

    private static void addLeaves(int id, String name, Type type, List<Leaf> leaves) {
        switch (type.typeId()) {
            case STRUCT ->
                type.asStructType()
                        .fields()
                        .forEach(field -> addLeaves(field.fieldId(), name + "." + field.name(), field.type(), leaves));
            case LIST ->
                addLeaves(
                        type.asListType().elementId(),
                        name + ".element",
                        type.asListType().elementType(),
                        leaves);
            case MAP -> {
                Types.MapType map = type.asMapType();
                addLeaves(map.keyId(), name + ".key", map.keyType(), leaves);
                addLeaves(map.valueId(), name + ".value", map.valueType(), leaves);
            }
            case UNKNOWN -> {}
            case FLOAT, DOUBLE -> leaves.add(new Leaf(name, type, new FloatingPointMetrics(id, type)));
            default -> leaves.add(new Leaf(name, type, null));
        }
    }

    /** Writes one row. */
    void write(ColumnWriter out, int row) {
        walk(out, 0, row, 0, 0);
    }

    private void walk(ColumnWriter out, int depth, int index, int repetition, int definition) {
        Step step = path.get(depth);
        FieldVector vector = step.vector();
        int defined = definition;
        if (vector == null ? encoder == null : vector.isNull(index)) {
            if (!step.optional()) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' is required but the batch has %s"
                                .formatted(step.name(), vector == null ? "no such column" : "a null in row " + index));
            }
            writeNull(out, repetition, definition);
            return;
        }
        if (step.optional()) {
            defined++;
        }
        switch (step.shape()) {
            case LEAF -> write(out, index, repetition, defined);
            case STRUCT -> walk(out, depth + 1, index, repetition, defined);
            case REPEATED -> walkElements(out, depth, index, repetition, defined);
        }
    }

    private void walkElements(ColumnWriter out, int depth, int index, int repetition, int definition) {
        Step step = path.get(depth);
        if (!(step.vector() instanceof BaseListVector list)) {
            throw new IllegalStateException("Column " + step.name() + " is no list");
        }
        int start = list.getElementStartIndex(index);
        int end = list.getElementEndIndex(index);
        if (start >= end) {
            writeNull(out, repetition, definition);
            return;
        }
        for (int element = start; element < end; element++) {
            walk(out, depth + 1, element, element == start ? repetition : step.repetition(), definition + 1);
        }
    }

    private void write(ColumnWriter out, int index, int repetition, int definition) {
        if (encoder == null) {
            throw new IllegalStateException("Column " + leaf.name() + " has no encoder");
        }
        encoder.write(out, index, repetition, definition);
    }

    private void writeNull(ColumnWriter out, int repetition, int definition) {
        FloatingPointMetrics metrics = leaf.metrics();
        if (metrics != null) {
            metrics.addNull();
        }
        out.writeNull(repetition, definition);
    }

    /** Collects the paths to all leaves below one column. */
    private static final class Walk {
        private final List<Leaf> leaves;
        private final List<ColumnShredder> found;
        private int nextLeaf;

        Walk(List<Leaf> leaves, int firstLeaf, List<ColumnShredder> found) {
            this.leaves = leaves;
            this.nextLeaf = firstLeaf;
            this.found = found;
        }

        void visit(
                String name,
                Type type,
                boolean optional,
                @Nullable FieldVector vector,
                List<Step> above,
                int repetition) {
            List<Step> path = new ArrayList<>(above);
            switch (type.typeId()) {
                case STRUCT -> {
                    StructVector struct = as(StructVector.class, name, type, vector);
                    path.add(new Step(name, Shape.STRUCT, optional, vector, repetition));
                    for (Types.NestedField field : type.asStructType().fields()) {
                        FieldVector child = struct == null ? null : struct.getChild(field.name(), FieldVector.class);
                        visit(name + "." + field.name(), field.type(), field.isOptional(), child, path, repetition);
                    }
                }
                case LIST -> {
                    Types.ListType list = type.asListType();
                    List<FieldVector> children = children(name, type, vector);
                    path.add(new Step(name, Shape.REPEATED, optional, vector, repetition + 1));
                    visit(
                            name + ".element",
                            list.elementType(),
                            list.isElementOptional(),
                            children.isEmpty() ? null : children.get(0),
                            path,
                            repetition + 1);
                }
                case MAP -> {
                    Types.MapType map = type.asMapType();
                    List<FieldVector> children = children(name, type, vector);
                    List<FieldVector> entry =
                            children.isEmpty() ? children : children.get(0).getChildrenFromFields();
                    FieldVector key = entry.isEmpty() ? null : entry.get(0);
                    FieldVector value = entry.isEmpty() ? null : entry.get(1);
                    path.add(new Step(name, Shape.REPEATED, optional, vector, repetition + 1));
                    visit(name + ".key", map.keyType(), false, key, path, repetition + 1);
                    visit(name + ".value", map.valueType(), map.isValueOptional(), value, path, repetition + 1);
                }
                case UNKNOWN -> {}
                default -> {
                    Leaf leaf = leaves.get(nextLeaf++);
                    path.add(new Step(name, Shape.LEAF, optional, vector, repetition));
                    found.add(new ColumnShredder(path, leaf, vector == null ? null : LeafEncoder.of(leaf, vector)));
                }
            }
        }

        private static List<FieldVector> children(String name, Type type, @Nullable FieldVector vector) {
            BaseListVector list = as(BaseListVector.class, name, type, vector);
            return list == null ? List.of() : list.getChildrenFromFields();
        }

        private static <T> @Nullable T as(Class<T> shape, String name, Type type, @Nullable FieldVector vector) {
            if (vector == null) {
                return null;
            }
            if (!shape.isInstance(vector)) {
                throw ColumnReaders.mismatch(name, type, vector);
            }
            return shape.cast(vector);
        }
    }
}
