package dev.tarn.writer.parquet;

import dev.tarn.writer.parquet.PathStep.Child;
import dev.tarn.writer.parquet.PathStep.Shape;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * One leaf column of a file and the way to its values in a batch.
 *
 * @param descriptor the column in Parquet
 * @param type Iceberg's type of the values
 * @param path from the top-level column down to the leaf
 */
record LeafColumn(ColumnDescriptor descriptor, Type type, List<PathStep> path, Physical physical) {
    LeafColumn {
        path = List.copyOf(path);
    }

    String name() {
        return path.get(path.size() - 1).name();
    }

    int maxRepetition() {
        return descriptor.getMaxRepetitionLevel();
    }

    int maxDefinition() {
        return descriptor.getMaxDefinitionLevel();
    }

    /** Bytes of one value of a FIXED column. */
    int fixedLength() {
        return descriptor.getPrimitiveType().getTypeLength();
    }

    /** Absent for leaves that are no fields of the table. */
    @Nullable
    Integer fieldId() {
        org.apache.parquet.schema.Type.ID id = descriptor.getPrimitiveType().getId();
        return id == null ? null : id.intValue();
    }

    /**
     * The leaves of a file, in the order of Parquet's columns; columns of type unknown have none.
     *
     * @param columns with structs in the place of variants
     */
    static List<LeafColumn> of(List<Types.NestedField> columns, MessageType file) {
        Walk walk = new Walk(file.getColumns());
        walk.fields("", columns, file, List.of());
        return walk.found;
    }

    private static final class Walk {
        private final List<ColumnDescriptor> descriptors;
        private final List<LeafColumn> found = new ArrayList<>();

        Walk(List<ColumnDescriptor> descriptors) {
            this.descriptors = descriptors;
        }

        void fields(String parent, List<Types.NestedField> fields, GroupType group, List<PathStep> above) {
            int next = 0;
            for (Types.NestedField field : fields) {
                if (field.type().typeId() == Type.TypeID.UNKNOWN) {
                    continue;
                }
                PathStep step = new PathStep(
                        parent + field.name(),
                        Child.FIELD,
                        field.name(),
                        field.type(),
                        shape(field.type()),
                        field.isOptional(),
                        field.writeDefault());
                visit(step, group.getType(next++), above);
            }
        }

        private void visit(PathStep step, org.apache.parquet.schema.Type parquet, List<PathStep> above) {
            List<PathStep> path = new ArrayList<>(above);
            path.add(step);
            switch (step.type().typeId()) {
                case STRUCT ->
                    fields(step.name() + ".", step.type().asStructType().fields(), parquet.asGroupType(), path);
                case LIST -> {
                    Types.ListType list = step.type().asListType();
                    PathStep element =
                            below(step, ".element", Child.ELEMENT, list.elementType(), list.isElementOptional());
                    visit(element, entries(parquet).getType(0), path);
                }
                case MAP -> {
                    Types.MapType map = step.type().asMapType();
                    GroupType entries = entries(parquet);
                    visit(below(step, ".key", Child.KEY, map.keyType(), false), entries.getType(0), path);
                    visit(
                            below(step, ".value", Child.VALUE, map.valueType(), map.isValueOptional()),
                            entries.getType(1),
                            path);
                }
                default -> leaf(step.type(), path);
            }
        }

        private void leaf(Type type, List<PathStep> path) {
            ColumnDescriptor descriptor = descriptors.get(found.size());
            found.add(new LeafColumn(descriptor, type, path, Physical.of(descriptor.getPrimitiveType())));
        }

        private static PathStep below(PathStep above, String suffix, Child child, Type type, boolean optional) {
            return new PathStep(above.name() + suffix, child, "", type, shape(type), optional, null);
        }

        private static GroupType entries(org.apache.parquet.schema.Type repeated) {
            return repeated.asGroupType().getType(0).asGroupType();
        }

        private static Shape shape(Type type) {
            return switch (type.typeId()) {
                case STRUCT -> Shape.STRUCT;
                case LIST, MAP -> Shape.REPEATED;
                default -> Shape.LEAF;
            };
        }
    }
}
