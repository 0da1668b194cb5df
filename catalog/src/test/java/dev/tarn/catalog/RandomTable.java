package dev.tarn.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.UnboundTerm;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** A table with a random history, of metadata only, and random filters that fit it. Not thread-safe. */
final class RandomTable {
    private static final int MAX_FILES_PER_APPEND = 6;

    private final Random random;
    private final Table table;
    private final int formatVersion;
    private final List<DataFile> files = new ArrayList<>();
    private final List<Long> snapshots = new ArrayList<>();
    private int counter;

    private RandomTable(Random random, Table table, int formatVersion) {
        this.random = random;
        this.table = table;
        this.formatVersion = formatVersion;
    }

    static RandomTable create(Catalog catalog, TableIdentifier name, Random random) {
        int version = 1 + random.nextInt(3);
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get()),
                Types.NestedField.optional(2, "i", Types.IntegerType.get()),
                Types.NestedField.optional(3, "f", Types.FloatType.get()),
                Types.NestedField.optional(4, "d", Types.DoubleType.get()),
                Types.NestedField.optional(5, "dec", Types.DecimalType.of(9, 2)),
                Types.NestedField.optional(6, "day", Types.DateType.get()),
                Types.NestedField.optional(7, "ts", Types.TimestampType.withoutZone()),
                Types.NestedField.optional(8, "tstz", Types.TimestampType.withZone()),
                Types.NestedField.optional(9, "s", Types.StringType.get()),
                Types.NestedField.optional(10, "u", Types.UUIDType.get()),
                Types.NestedField.optional(11, "fx", Types.FixedType.ofLength(3)),
                Types.NestedField.optional(12, "bin", Types.BinaryType.get()),
                Types.NestedField.optional(13, "flag", Types.BooleanType.get()),
                Types.NestedField.optional(14, "t", Types.TimeType.get()),
                Types.NestedField.optional(
                        15,
                        "nested",
                        Types.StructType.of(Types.NestedField.optional(16, "x", Types.IntegerType.get()))));
        PartitionSpec.Builder spec = PartitionSpec.builderFor(schema);
        switch (random.nextInt(8)) {
            case 0 -> spec.identity("i").bucket("s", 4);
            case 1 -> spec.day("ts");
            case 2 -> spec.truncate("s", 2).identity("flag");
            case 3 -> spec.bucket("u", 3).month("day");
            case 4 -> spec.hour("tstz").truncate("dec", 10);
            case 5 -> spec.identity("s").truncate("id", 50);
            case 6 -> spec.year("day").identity("dec").identity("u");
            default -> {
                // Unpartitioned.
            }
        }
        Table table = catalog.createTable(
                name,
                schema,
                spec.build(),
                Map.of(
                        TableProperties.FORMAT_VERSION, Integer.toString(version),
                        TableProperties.MANIFEST_MERGE_ENABLED, Boolean.toString(random.nextBoolean()),
                        TableProperties.MANIFEST_MIN_MERGE_COUNT, "3"));
        return new RandomTable(random, table, version);
    }

    Table table() {
        return table;
    }

    /** Snapshots in the order of their commits. */
    List<Long> snapshots() {
        return snapshots;
    }

    /** Makes so many random changes. */
    void change(int times) {
        for (int i = 0; i < times; i++) {
            changeOnce();
            if (table.currentSnapshot() != null
                    && !snapshots.contains(table.currentSnapshot().snapshotId())) {
                snapshots.add(table.currentSnapshot().snapshotId());
            }
        }
    }

    private void changeOnce() {
        switch (random.nextInt(14)) {
            case 0 -> evolveSpec();
            case 1 ->
                table.updateSchema()
                        .addColumn("c" + counter++, Types.IntegerType.get())
                        .commit();
            case 2 -> rename();
            case 3 -> promote();
            case 4 -> deleteSome();
            case 5, 6 -> addDeletes();
            case 7 -> {
                if (table.currentSnapshot() != null) {
                    table.rewriteManifests()
                            .clusterBy(file -> file.specId() + " " + (file.fileSizeInBytes() & 1))
                            .commit();
                }
            }
            case 8 -> {
                var append = table.newFastAppend();
                newFiles().forEach(append::appendFile);
                append.commit();
            }
            default -> {
                var append = table.newAppend();
                newFiles().forEach(append::appendFile);
                append.commit();
            }
        }
    }

    private void evolveSpec() {
        UpdatePartitionSpec update = table.updateSpec();
        List<PartitionField> fields = table.spec().fields();
        try {
            if (!fields.isEmpty() && random.nextBoolean()) {
                update.removeField(fields.get(random.nextInt(fields.size())).name());
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> update.addField(Expressions.bucket("id", 2 + random.nextInt(6)));
                    case 1 -> update.addField("day");
                    case 2 -> update.addField(Expressions.truncate(name(9), 1 + random.nextInt(3)));
                    default -> update.addField("flag");
                }
            }
            update.commit();
        } catch (IllegalArgumentException | ValidationException e) {
            // The field is there already, or another one has its name.
            counter++;
        }
    }

    private void rename() {
        int id = random.nextBoolean() ? 2 : 9;
        table.updateSchema().renameColumn(name(id), "r" + counter++).commit();
    }

    private String name(int id) {
        return table.schema().findColumnName(id);
    }

    private void promote() {
        Type i = table.schema().findType(2);
        Type f = table.schema().findType(3);
        Type dec = table.schema().findType(5);
        if (i.typeId() == Type.TypeID.INTEGER) {
            table.updateSchema().updateColumn(name(2), Types.LongType.get()).commit();
        } else if (f.typeId() == Type.TypeID.FLOAT) {
            table.updateSchema().updateColumn("f", Types.DoubleType.get()).commit();
        } else if (((Types.DecimalType) dec).precision() == 9) {
            table.updateSchema()
                    .updateColumn("dec", Types.DecimalType.of(18, 2))
                    .commit();
        }
    }

    private void deleteSome() {
        if (!files.isEmpty()) {
            DataFile gone = files.remove(random.nextInt(files.size()));
            table.newDelete().deleteFile(gone.location()).commit();
        }
    }

    private void addDeletes() {
        if (formatVersion == 1 || files.isEmpty()) {
            return;
        }
        RowDelta delta = table.newRowDelta();
        if (random.nextBoolean()) {
            newFiles().forEach(delta::addRows);
        }
        int count = 1 + random.nextInt(3);
        List<String> vectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DataFile target = files.get(random.nextInt(files.size()));
            if (random.nextInt(3) == 0) {
                delta.addDeletes(equalityDelete(target));
            } else if (formatVersion == 2) {
                delta.addDeletes(positionDelete(target));
            } else if (!vectors.contains(target.location())) {
                vectors.add(target.location());
                delta.addDeletes(vector(target));
            }
        }
        try {
            delta.commit();
        } catch (ValidationException e) {
            counter++; // The file has a vector already, which only a rewrite may replace.
        }
    }

    private DeleteFile equalityDelete(DataFile target) {
        boolean byText = random.nextBoolean();
        int id = byText ? 9 : 2;
        PartitionSpec spec = table.specs().get(target.specId());
        return FileMetadata.deleteFileBuilder(spec)
                .ofEqualityDeletes(id)
                .withPath(path("eq"))
                .withFormat(FileFormat.PARQUET)
                .withPartition(partitionOf(target))
                .withFileSizeInBytes(10 + random.nextInt(100))
                .withMetrics(metrics())
                .build();
    }

    private DeleteFile positionDelete(DataFile target) {
        int pathId = MetadataColumns.DELETE_FILE_PATH.fieldId();
        ByteBuffer path = Conversions.toByteBuffer(Types.StringType.get(), target.location());
        Map<Integer, ByteBuffer> lower = random.nextBoolean() ? Map.of(pathId, path) : null;
        Map<Integer, ByteBuffer> upper = random.nextBoolean() ? Map.of(pathId, path) : null;
        FileMetadata.Builder file = FileMetadata.deleteFileBuilder(table.specs().get(target.specId()))
                .ofPositionDeletes()
                .withPath(path("pos"))
                .withFormat(FileFormat.PARQUET)
                .withPartition(partitionOf(target))
                .withFileSizeInBytes(10 + random.nextInt(100))
                .withMetrics(new Metrics(3L, null, null, null, null, lower, upper));
        if (random.nextInt(3) == 0) {
            file.withReferencedDataFile(target.location());
        }
        return file.build();
    }

    private DeleteFile vector(DataFile target) {
        return FileMetadata.deleteFileBuilder(table.specs().get(target.specId()))
                .ofPositionDeletes()
                .withPath(path("dv").replace(".parquet", ".puffin"))
                .withFormat(FileFormat.PUFFIN)
                .withPartition(partitionOf(target))
                .withFileSizeInBytes(100)
                .withReferencedDataFile(target.location())
                .withContentOffset(4)
                .withContentSizeInBytes(20)
                .withRecordCount(2)
                .build();
    }

    private List<DataFile> newFiles() {
        List<DataFile> added = new ArrayList<>();
        for (int i = 1 + random.nextInt(MAX_FILES_PER_APPEND); i > 0; i--) {
            PartitionSpec spec = table.spec();
            DataFiles.Builder file = DataFiles.builder(spec)
                    .withPath(path("data"))
                    .withFormat(random.nextInt(5) == 0 ? FileFormat.ORC : FileFormat.PARQUET)
                    .withFileSizeInBytes(1 + random.nextInt(1_000_000))
                    .withMetrics(metrics())
                    .withSplitOffsets(random.nextBoolean() ? List.of(4L, 1L << 33) : null);
            if (spec.isPartitioned()) {
                file.withPartition(partition(spec));
            }
            if (random.nextInt(4) == 0) {
                file.withEncryptionKeyMetadata(ByteBuffer.wrap(new byte[] {1, -1, 7}));
            }
            added.add(file.build());
        }
        files.addAll(added);
        return added;
    }

    private String path(String kind) {
        return table.location() + "/data/é-" + kind + "-" + counter++ + "-" + random.nextInt(1_000) + ".parquet";
    }

    private StructLike partition(PartitionSpec spec) {
        Object[] values = new Object[spec.fields().size()];
        for (int i = 0; i < values.length; i++) {
            PartitionField field = spec.fields().get(i);
            Type source = table.schema().findType(field.sourceId());
            Object value = random.nextInt(5) == 0 ? null : finite(source);
            values[i] = value == null ? null : transformed(field.transform(), source, value);
        }
        return new Tuple(values);
    }

    @SuppressWarnings("unchecked")
    private static Object transformed(Transform<?, ?> transform, Type source, Object value) {
        return ((Transform<Object, Object>) transform).bind(source).apply(value);
    }

    /** The partition of a file in the types that its spec has today. */
    private StructLike partitionOf(DataFile file) {
        List<Types.NestedField> fields =
                table.specs().get(file.specId()).partitionType().fields();
        Object[] values = new Object[fields.size()];
        for (int i = 0; i < values.length; i++) {
            Object value = file.partition().get(i, Object.class);
            boolean widened = fields.get(i).type().typeId() == Type.TypeID.LONG && value instanceof Integer;
            values[i] = widened ? Long.valueOf((Integer) value) : value;
        }
        return new Tuple(values);
    }

    private Object finite(Type type) {
        Object value = value(type);
        return value instanceof Float f && !Float.isFinite(f) || value instanceof Double d && !Double.isFinite(d)
                ? null
                : value;
    }

    private Metrics metrics() {
        Map<Integer, Long> sizes = new HashMap<>();
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, Long> nans = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        long rows = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(5);
        for (Types.NestedField field : leaves()) {
            if (random.nextInt(6) == 0) {
                continue;
            }
            int id = field.fieldId();
            sizes.put(id, (long) random.nextInt(1 << 20));
            values.put(id, rows);
            nulls.put(id, field.isRequired() ? 0L : Math.max(0, rows) * random.nextInt(3) / 2);
            if (field.type().typeId() == Type.TypeID.FLOAT || field.type().typeId() == Type.TypeID.DOUBLE) {
                nans.put(id, Math.max(0, rows) * random.nextInt(3) / 2);
            }
            putBounds(field, lower, upper);
        }
        return new Metrics(
                rows, orNull(sizes), orNull(values), orNull(nulls), orNull(nans), orNull(lower), orNull(upper));
    }

    private <T> Map<Integer, T> orNull(Map<Integer, T> map) {
        return random.nextInt(10) == 0 ? null : map;
    }

    private List<Types.NestedField> leaves() {
        List<Types.NestedField> leaves = new ArrayList<>();
        for (Types.NestedField field : table.schema().columns()) {
            leaves.addAll(
                    field.type().isPrimitiveType()
                            ? List.of(field)
                            : field.type().asStructType().fields());
        }
        return leaves;
    }

    private void putBounds(Types.NestedField field, Map<Integer, ByteBuffer> lower, Map<Integer, ByteBuffer> upper) {
        Object a = value(field.type());
        Object b = value(field.type());
        if (random.nextInt(8) != 0) {
            lower.put(field.fieldId(), Conversions.toByteBuffer(field.type(), min(field.type(), a, b)));
        }
        if (random.nextInt(8) != 0) {
            upper.put(field.fieldId(), Conversions.toByteBuffer(field.type(), min(field.type(), a, b) == a ? b : a));
        }
    }

    private static Object min(Type type, Object a, Object b) {
        return org.apache.iceberg.types.Comparators.<Object>forType(type.asPrimitiveType())
                                .compare(a, b)
                        <= 0
                ? a
                : b;
    }

    private Object value(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> random.nextBoolean();
            case INTEGER -> random.nextInt(40) == 0 ? Integer.MIN_VALUE : random.nextInt(20) - 10;
            case LONG -> random.nextInt(40) == 0 ? Long.MAX_VALUE : (long) random.nextInt(200) - 100;
            case FLOAT -> new Float[] {Float.NaN, -0.0f, 0.0f, 1.5f, -2f, Float.NEGATIVE_INFINITY}[random.nextInt(6)];
            case DOUBLE -> new Double[] {Double.NaN, -0.0, 0.0, 1.5, -2.0, Double.POSITIVE_INFINITY}[random.nextInt(6)];
            case DECIMAL -> new BigDecimal(BigInteger.valueOf(random.nextInt(20_000) - 10_000), 2);
            case DATE -> random.nextInt(400);
            case TIME -> (long) random.nextInt(1_000_000);
            case TIMESTAMP -> random.nextInt(300) * 3_600_000_000L;
            case STRING -> text();
            case UUID -> new UUID(random.nextInt(4), random.nextInt(4));
            case FIXED -> ByteBuffer.wrap(new byte[] {(byte) random.nextInt(3), (byte) random.nextInt(256), 0});
            case BINARY -> ByteBuffer.wrap(new byte[] {(byte) random.nextInt(4), (byte) random.nextInt(256)});
            default -> throw new IllegalArgumentException("No values of " + type);
        };
    }

    private String text() {
        String[] parts = {"a", "ab", "é", "zz", "\uD83C\uDFD4", "\uFFFD", "b", ""};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    /** A filter over the columns of a schema. */
    Expression filter(Schema schema, int depth) {
        if (depth > 0 && random.nextInt(3) != 0) {
            return switch (random.nextInt(5)) {
                case 0 -> Expressions.not(filter(schema, depth - 1));
                case 1, 2 -> Expressions.or(filter(schema, depth - 1), filter(schema, depth - 1));
                default -> Expressions.and(filter(schema, depth - 1), filter(schema, depth - 1));
            };
        }
        List<String> names = new ArrayList<>(List.of("nested.x"));
        schema.columns().stream()
                .filter(field -> field.type().isPrimitiveType())
                .forEach(field -> names.add(field.name()));
        String name = names.get(random.nextInt(names.size()));
        Type type = schema.findType(name);
        return predicate(name, type);
    }

    private Expression predicate(String name, Type type) {
        boolean floating = type.typeId() == Type.TypeID.FLOAT || type.typeId() == Type.TypeID.DOUBLE;
        boolean text = type.typeId() == Type.TypeID.STRING;
        return switch (random.nextInt(13)) {
            case 0 -> Expressions.isNull(name);
            case 1 -> Expressions.notNull(name);
            case 2 -> floating ? Expressions.isNaN(name) : Expressions.lessThan(name, literal(type));
            case 3 -> floating ? Expressions.notNaN(name) : Expressions.greaterThan(name, literal(type));
            case 4 -> Expressions.lessThanOrEqual(name, literal(type));
            case 5 -> Expressions.greaterThanOrEqual(name, literal(type));
            case 6 -> Expressions.notEqual(name, literal(type));
            case 7 -> Expressions.in(name, literals(type));
            case 8 -> Expressions.notIn(name, literals(type));
            case 9 -> text ? Expressions.startsWith(name, text()) : Expressions.equal(name, literal(type));
            case 10 -> text ? Expressions.notStartsWith(name, text()) : Expressions.lessThan(name, literal(type));
            case 11 -> onTransform(name, type);
            default -> Expressions.equal(name, literal(type));
        };
    }

    private Expression onTransform(String name, Type type) {
        return switch (type.typeId()) {
            case DATE, TIMESTAMP -> {
                UnboundTerm<Integer> day = Expressions.day(name);
                yield Expressions.lessThan(day, random.nextInt(12));
            }
            case STRING -> {
                UnboundTerm<String> start = Expressions.truncate(name, 1);
                yield Expressions.equal(start, "a");
            }
            case INTEGER, LONG -> {
                UnboundTerm<Integer> bucket = Expressions.bucket(name, 4);
                yield Expressions.equal(bucket, random.nextInt(4));
            }
            default -> Expressions.notNull(name);
        };
    }

    private Object[] literals(Type type) {
        Object[] literals = new Object[1 + random.nextInt(4)];
        Arrays.setAll(literals, i -> literal(type));
        return literals;
    }

    /** A value in a form that an unbound expression takes: no NaN, and no infinity, which its JSON cannot say. */
    private Object literal(Type type) {
        Object value = value(type);
        while (value instanceof Float f && !Float.isFinite(f) || value instanceof Double d && !Double.isFinite(d)) {
            value = value(type);
        }
        return switch (type.typeId()) {
            case DATE -> "1970-0%d-1%d".formatted(1 + random.nextInt(9), random.nextInt(10));
            case TIMESTAMP ->
                ((Types.TimestampType) type).shouldAdjustToUTC()
                        ? "1970-01-0%dT0%d:00:00+00:00".formatted(1 + random.nextInt(9), random.nextInt(10))
                        : "1970-01-0%dT0%d:00:00".formatted(1 + random.nextInt(9), random.nextInt(10));
            case TIME -> "00:00:00.%06d".formatted(random.nextInt(1_000_000));
            default -> value;
        };
    }

    private record Tuple(Object[] values) implements StructLike {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public <T> T get(int position, Class<T> type) {
            return type.cast(values[position]);
        }

        @Override
        public <T> void set(int position, T value) {
            throw new UnsupportedOperationException("A tuple never changes");
        }
    }
}
