package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.SourceColumns.SourceColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReadStore;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/**
 * Puts one top-level column of a Parquet file into a vector, nested ones included, leaf by leaf and without putting records
 * together. Structs and lists above a leaf are built from the levels of the first leaf below them; the other leaves only add
 * their values. Confined to one thread.
 */
final class ParquetColumn {
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final MessageType file;
    private final ColumnMapping nested;
    private final FieldVector vector;

    /** Nodes above the next leaf that no leaf has taken yet. */
    private List<Node> unowned = new ArrayList<>();

    /**
     * A column.
     *
     * @param vector where values go; its children must stay the same
     * @throws TarnException INVALID without the file's name, if the types do not go together
     */
    ParquetColumn(MessageType file, Type given, Types.NestedField column, FieldVector vector, ColumnMapping mapping) {
        this.file = file;
        this.nested = mapping.nested();
        this.vector = vector;
        visit(column.name(), column.type(), column.isRequired(), given, vector, new Levels(0, 0, 0), List.of());
    }

    /** The leaves of the file that are read. */
    List<ColumnDescriptor> descriptors() {
        return leaves.stream().map(leaf -> leaf.descriptor).toList();
    }

    /** Goes to the first row of a row group. */
    void begin(ColumnReadStore rowGroup) {
        leaves.forEach(leaf -> leaf.reader = rowGroup.getColumnReader(leaf.descriptor));
    }

    /** Reads rows into the vector, from its start. */
    void read(int rows, BatchErrors errors) {
        vector.clear();
        vector.setInitialCapacity(rows);
        vector.allocateNew();
        nodes.forEach(Node::restart);
        leaves.forEach(leaf -> leaf.read(rows, errors));
        nodes.forEach(Node::finish);
        vector.setValueCount(rows);
    }

    /**
     * What the levels of a leaf say about a node.
     *
     * @param repetition repetition level at which the node's place begins anew
     * @param slot definition level from which on the node has a place in its vector
     * @param defined definition level from which on the node's parent is not null
     */
    private record Levels(int repetition, int slot, int defined) {}

    /**
     * Where a node of the table is found.
     *
     * @param defined definition level from which on the node itself is not null
     * @param path of the node in the file
     */
    private record Place(String name, FieldVector target, Levels levels, int defined, List<String> path, Null ifNull) {
        /** Levels of what lies in a struct here. */
        Levels inside() {
            return new Levels(levels.repetition(), levels.slot(), defined);
        }

        /** Levels of what is repeated here. */
        Levels repeated() {
            return new Levels(levels.repetition() + 1, defined + 1, defined + 1);
        }
    }

    private void visit(
            String name,
            org.apache.iceberg.types.Type type,
            boolean required,
            Type given,
            FieldVector target,
            Levels levels,
            List<String> above) {
        if (given.isRepetition(Repetition.REPEATED)) {
            throw invalid(name, type, "a repeated field that is no list");
        }
        int defined = levels.defined() + (given.isRepetition(Repetition.OPTIONAL) ? 1 : 0);
        List<String> path = append(above, given.getName());
        Null ifNull = new Null(name, required && defined > levels.defined());
        Place place = new Place(name, target, levels, defined, path, ifNull);
        switch (type.typeId()) {
            case STRUCT -> visitStruct(place, type.asStructType(), given);
            case LIST -> visitList(place, type.asListType(), given);
            case MAP -> visitMap(place, type.asMapType(), given);
            default -> {
                if (!given.isPrimitive()) {
                    throw invalid(name, type, "a nested one");
                }
                ParquetValues.Setter setter = ParquetValues.setter(name, type, given.asPrimitiveType(), target);
                leaves.add(new Leaf(
                        file.getColumnDescription(path.toArray(new String[0])),
                        levels,
                        defined,
                        target,
                        setter,
                        ifNull,
                        unowned));
                unowned = new ArrayList<>();
            }
        }
    }

    private void visitStruct(Place place, Types.StructType type, Type given) {
        String name = place.name();
        if (given.isPrimitive() || given.getLogicalTypeAnnotation() != null) {
            throw invalid(name, type, given.isPrimitive() ? "a primitive one" : "another nested one");
        }
        GroupType group = given.asGroupType();
        own(new Struct((StructVector) place.target(), place.levels(), place.defined(), place.ifNull()));
        List<SourceColumn> found =
                group.getFields().stream().map(ParquetColumn::source).toList();
        int[] places = SourceColumns.places("'%s'".formatted(name), found, type.fields(), nested);
        for (int i = 0; i < places.length; i++) {
            if (places[i] != SourceColumns.ABSENT) {
                Types.NestedField field = type.fields().get(i);
                visit(
                        name + "." + field.name(),
                        field.type(),
                        field.isRequired(),
                        group.getType(places[i]),
                        (FieldVector) ((StructVector) place.target()).getChildByOrdinal(i),
                        place.inside(),
                        place.path());
            }
        }
    }

    private void visitList(Place place, Types.ListType type, Type given) {
        String name = place.name();
        if (!(given.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation)
                || given.asGroupType().getFieldCount() != 1) {
            throw invalid(name, type, "no list");
        }
        Type repeated = given.asGroupType().getType(0);
        own(new Repeated((ListVector) place.target(), place.levels(), place.defined(), place.ifNull()));
        Levels below = place.repeated();
        FieldVector elements = ((ListVector) place.target()).getDataVector();
        if (isElementItself(repeated, given.getName())) {
            // Lists of old writers: the repeated field is the element.
            Type element = repeated.isPrimitive()
                    ? org.apache.parquet.schema.Types.required(
                                    repeated.asPrimitiveType().getPrimitiveTypeName())
                            .length(repeated.asPrimitiveType().getTypeLength())
                            .as(repeated.getLogicalTypeAnnotation())
                            .named(repeated.getName())
                    : new GroupType(
                            Repetition.REQUIRED,
                            repeated.getName(),
                            repeated.asGroupType().getFields());
            visit(
                    name + ".element",
                    type.elementType(),
                    !type.isElementOptional(),
                    element,
                    elements,
                    below,
                    place.path());
            return;
        }
        visit(
                name + ".element",
                type.elementType(),
                !type.isElementOptional(),
                repeated.asGroupType().getType(0),
                elements,
                below,
                append(place.path(), repeated.getName()));
    }

    private static boolean isElementItself(Type repeated, String list) {
        return repeated.isPrimitive()
                || repeated.asGroupType().getFieldCount() != 1
                || repeated.getName().equals("array")
                || repeated.getName().equals(list + "_tuple");
    }

    private void visitMap(Place place, Types.MapType type, Type given) {
        String name = place.name();
        boolean map = given.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation
                || given.getLogicalTypeAnnotation() instanceof MapKeyValueTypeAnnotation;
        if (!map
                || given.asGroupType().getFieldCount() != 1
                || given.asGroupType().getType(0).asGroupType().getFieldCount() != 2) {
            throw invalid(name, type, "no map");
        }
        GroupType entry = given.asGroupType().getType(0).asGroupType();
        own(new Repeated((ListVector) place.target(), place.levels(), place.defined(), place.ifNull()));
        Levels below = place.repeated();
        StructVector entries = (StructVector) ((ListVector) place.target()).getDataVector();
        own(new Struct(entries, below, below.defined(), new Null(name, false)));
        List<String> inside = append(place.path(), entry.getName());
        FieldVector keys = (FieldVector) entries.getChildByOrdinal(0);
        FieldVector values = (FieldVector) entries.getChildByOrdinal(1);
        visit(name + ".key", type.keyType(), true, entry.getType(0), keys, below, inside);
        visit(name + ".value", type.valueType(), !type.isValueOptional(), entry.getType(1), values, below, inside);
    }

    private void own(Node node) {
        nodes.add(node);
        unowned.add(node);
    }

    private static SourceColumn source(Type field) {
        return new SourceColumn(
                field.getName(),
                field.getId() == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(field.getId().intValue()));
    }

    private static List<String> append(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    private static TarnException invalid(String name, org.apache.iceberg.types.Type type, String found) {
        return new TarnException(
                ErrorKind.INVALID, "column '%s' has type %s but the file has %s".formatted(name, type, found));
    }

    /** What a null means for a node: nothing, or that the row does not fit. */
    private record Null(String column, boolean refused) {
        void check(int row, int definition, int defined, BatchErrors errors) {
            if (refused && definition == defined - 1) {
                errors.add(row, new UnfitValueException(column, "is required but missing or null"));
            }
        }
    }

    private interface Node {
        void restart();

        void accept(int row, int repetition, int definition, BatchErrors errors);

        void finish();
    }

    private static final class Struct implements Node {
        private final StructVector vector;
        private final Levels levels;
        private final int defined;
        private final Null ifNull;
        private int slots;

        Struct(StructVector vector, Levels levels, int defined, Null ifNull) {
            this.vector = vector;
            this.levels = levels;
            this.defined = defined;
            this.ifNull = ifNull;
        }

        @Override
        public void restart() {
            slots = 0;
        }

        @Override
        public void accept(int row, int repetition, int definition, BatchErrors errors) {
            if (repetition > levels.repetition() || definition < levels.slot()) {
                return;
            }
            if (definition >= defined) {
                vector.setIndexDefined(slots);
            } else {
                vector.setNull(slots);
                ifNull.check(row, definition, defined, errors);
            }
            slots++;
        }

        @Override
        public void finish() {}
    }

    /** A list or map. */
    private static final class Repeated implements Node {
        private final ListVector vector;
        private final Levels levels;
        private final int defined;
        private final Null ifNull;
        private int slots;
        private int elements;
        private boolean open;

        Repeated(ListVector vector, Levels levels, int defined, Null ifNull) {
            this.vector = vector;
            this.levels = levels;
            this.defined = defined;
            this.ifNull = ifNull;
        }

        @Override
        public void restart() {
            slots = 0;
            open = false;
        }

        @Override
        public void accept(int row, int repetition, int definition, BatchErrors errors) {
            if (repetition <= levels.repetition() && definition >= levels.slot()) {
                finish();
                if (definition >= defined) {
                    vector.startNewValue(slots);
                    open = true;
                    elements = 0;
                } else {
                    vector.setNull(slots);
                    ifNull.check(row, definition, defined, errors);
                }
                slots++;
            }
            if (definition > defined && repetition <= levels.repetition() + 1) {
                elements++;
            }
        }

        @Override
        public void finish() {
            if (open) {
                vector.endValue(slots - 1, elements);
                open = false;
            }
        }
    }

    private static final class Leaf {
        private final ColumnDescriptor descriptor;
        private final Levels levels;
        private final int defined;
        private final FieldVector vector;
        private final ParquetValues.Setter setter;
        private final Null ifNull;
        private final Node[] owned;
        private @Nullable ColumnReader reader;

        Leaf(
                ColumnDescriptor descriptor,
                Levels levels,
                int defined,
                FieldVector vector,
                ParquetValues.Setter setter,
                Null ifNull,
                List<Node> owned) {
            this.descriptor = descriptor;
            this.levels = levels;
            this.defined = defined;
            this.vector = vector;
            this.setter = setter;
            this.ifNull = ifNull;
            this.owned = owned.toArray(new Node[0]);
        }

        void read(int rows, BatchErrors errors) {
            ColumnReader from = reader;
            if (from == null) {
                throw new IllegalStateException("begin comes before read");
            }
            int slot = 0;
            for (int row = 0; row < rows; row++) {
                int repetition = from.getCurrentRepetitionLevel();
                do {
                    int definition = from.getCurrentDefinitionLevel();
                    for (Node node : owned) {
                        node.accept(row, repetition, definition, errors);
                    }
                    if (definition >= levels.slot()) {
                        put(from, row, slot++, definition, errors);
                    }
                    from.consume();
                    repetition = from.getCurrentRepetitionLevel();
                } while (repetition != 0);
            }
        }

        private void put(ColumnReader from, int row, int slot, int definition, BatchErrors errors) {
            if (definition < defined) {
                vector.setNull(slot);
                ifNull.check(row, definition, defined, errors);
                return;
            }
            try {
                setter.set(from, slot);
            } catch (UnfitValueException e) {
                vector.setNull(slot);
                errors.add(row, e);
            }
        }
    }
}
