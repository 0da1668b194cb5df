package dev.tarn.catalog.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.storage.LocalFileIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters on columns against Iceberg's evaluator, which looks at one file after the other. */
class ColumnFilterTest {
    private static final int FILES = 300;
    private static final int FILTERS = 400;

    private static final Schema SCHEMA = new Schema(
            Types.NestedField.optional(1, "i", Types.IntegerType.get()),
            Types.NestedField.optional(2, "l", Types.LongType.get()),
            Types.NestedField.optional(3, "f", Types.FloatType.get()),
            Types.NestedField.optional(4, "d", Types.DoubleType.get()),
            Types.NestedField.optional(5, "s", Types.StringType.get()),
            Types.NestedField.optional(6, "b", Types.BinaryType.get()));

    @TempDir
    Path folder;

    @Test
    void keepsExactlyTheFilesThatTheEvaluatorOfIcebergKeeps() throws IOException {
        for (long seed = 1; seed <= 6; seed++) {
            Random random = new Random(seed);
            List<DataFile> files = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                files.add(file(random, i));
            }
            ManifestColumns columns = columns(files, "m" + seed);
            for (int i = 0; i < FILTERS; i++) {
                Expression filter = filter(random, 2);
                BitSet kept = new BitSet();
                kept.set(0, FILES);
                ColumnFilter.of(SCHEMA, filter, true).retain(columns, kept);
                InclusiveMetricsEvaluator evaluator = new InclusiveMetricsEvaluator(SCHEMA, filter);
                for (int row = 0; row < FILES; row++) {
                    assertThat(kept.get(row))
                            .as("seed %d, filter %s, file %s", seed, filter, files.get(row))
                            .isEqualTo(evaluator.eval(files.get(row)));
                }
            }
        }
    }

    @Test
    void boundsOfBothWidthsOfAPromotedColumnAreUnderstood() throws IOException {
        Map<Integer, ByteBuffer> narrow =
                Map.of(2, Conversions.toByteBuffer(Types.IntegerType.get(), 7), 4, floating(1.5f));
        Map<Integer, ByteBuffer> wide = Map.of(
                2,
                Conversions.toByteBuffer(Types.LongType.get(), 9L),
                4,
                Conversions.toByteBuffer(Types.DoubleType.get(), 2.5));
        ManifestColumns columns = columns(List.of(bounded(narrow, 0), bounded(wide, 1)), "promoted");

        assertThat(kept(Expressions.equal("l", 7L), columns)).containsExactly(0);
        assertThat(kept(Expressions.equal("l", 9L), columns)).containsExactly(1);
        assertThat(kept(Expressions.equal("d", 1.5), columns)).containsExactly(0);
        assertThat(kept(Expressions.in("d", 2.5, 3.5), columns)).containsExactly(1);
    }

    @Test
    void aFilterOnAnUnknownColumnIsRefused() {
        assertThatThrownBy(() -> ColumnFilter.of(SCHEMA, Expressions.equal("x", 1), true))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("Cannot find field 'x'");
    }

    private static ByteBuffer floating(float value) {
        return Conversions.toByteBuffer(Types.FloatType.get(), value);
    }

    private static List<Integer> kept(Expression filter, ManifestColumns columns) {
        BitSet rows = new BitSet();
        rows.set(0, columns.rows());
        ColumnFilter.of(SCHEMA, filter, true).retain(columns, rows);
        return rows.stream().boxed().toList();
    }

    private static DataFile bounded(Map<Integer, ByteBuffer> bounds, int index) {
        return DataFiles.builder(PartitionSpec.unpartitioned())
                .withPath("file:/w/" + index + ".parquet")
                .withFileSizeInBytes(1)
                .withMetrics(new Metrics(1L, null, null, null, null, bounds, bounds))
                .build();
    }

    private ManifestColumns columns(List<DataFile> files, String name) throws IOException {
        LocalFileIO io = new LocalFileIO();
        String location = folder.resolve(name + ".avro").toUri().toString();
        try (ManifestWriter<DataFile> writer =
                ManifestFiles.write(2, PartitionSpec.unpartitioned(), io.newOutputFile(location), 1L)) {
            files.forEach(writer::add);
        }
        return ManifestDecoder.decode(io, location, 1 << 24);
    }

    private static DataFile file(Random random, int index) {
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, Long> nans = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        long rows = random.nextInt(4);
        for (Types.NestedField field : SCHEMA.columns()) {
            int id = field.fieldId();
            if (random.nextInt(5) != 0) {
                values.put(id, rows);
            }
            if (random.nextInt(5) != 0) {
                nulls.put(id, (long) random.nextInt(4));
            }
            if (random.nextInt(3) != 0 && (id == 3 || id == 4)) {
                nans.put(id, (long) random.nextInt(4));
            }
            if (random.nextInt(6) != 0) {
                lower.put(id, Conversions.toByteBuffer(field.type(), value(field.type(), random)));
            }
            if (random.nextInt(6) != 0) {
                upper.put(id, Conversions.toByteBuffer(field.type(), value(field.type(), random)));
            }
        }
        return DataFiles.builder(PartitionSpec.unpartitioned())
                .withPath("file:/warehouse/data/" + index + ".parquet")
                .withFileSizeInBytes(1)
                .withMetrics(new Metrics(rows, null, values, nulls, nans, lower, upper))
                .build();
    }

    private static Object value(Type type, Random random) {
        return switch (type.typeId()) {
            case INTEGER -> random.nextInt(30) == 0 ? Integer.MAX_VALUE : random.nextInt(12) - 6;
            case LONG -> random.nextInt(30) == 0 ? Long.MIN_VALUE : (long) random.nextInt(12) - 6;
            case FLOAT -> new Float[] {Float.NaN, -0.0f, 0.0f, 1f, -1f, Float.MAX_VALUE}[random.nextInt(6)];
            case DOUBLE -> new Double[] {Double.NaN, -0.0, 0.0, 1.0, -1.0, Double.NEGATIVE_INFINITY}[random.nextInt(6)];
            case STRING -> text(random);
            default -> ByteBuffer.wrap(new byte[] {(byte) random.nextInt(256), 1});
        };
    }

    private static String text(Random random) {
        String[] parts = {"a", "abcd", "é", "\uD83C\uDFD4", "\uFFFD", ""};
        return parts[random.nextInt(parts.length)] + parts[random.nextInt(parts.length)];
    }

    private static Expression filter(Random random, int depth) {
        if (depth > 0 && random.nextBoolean()) {
            Expression left = filter(random, depth - 1);
            return switch (random.nextInt(3)) {
                case 0 -> Expressions.not(left);
                case 1 -> Expressions.or(left, filter(random, depth - 1));
                default -> Expressions.and(left, filter(random, depth - 1));
            };
        }
        Types.NestedField field =
                SCHEMA.columns().get(random.nextInt(SCHEMA.columns().size()));
        String name = field.name();
        boolean floating = field.fieldId() == 3 || field.fieldId() == 4;
        boolean text = field.fieldId() == 5;
        return switch (random.nextInt(13)) {
            case 0 -> Expressions.isNull(name);
            case 1 -> Expressions.notNull(name);
            case 2 -> floating ? Expressions.isNaN(name) : Expressions.isNull(name);
            case 3 -> floating ? Expressions.notNaN(name) : Expressions.notNull(name);
            case 4 -> Expressions.lessThan(name, literal(field.type(), random));
            case 5 -> Expressions.lessThanOrEqual(name, literal(field.type(), random));
            case 6 -> Expressions.greaterThan(name, literal(field.type(), random));
            case 7 -> Expressions.greaterThanOrEqual(name, literal(field.type(), random));
            case 8 -> Expressions.notEqual(name, literal(field.type(), random));
            case 9 -> Expressions.in(name, literal(field.type(), random), literal(field.type(), random));
            case 10 -> Expressions.notIn(name, literal(field.type(), random), literal(field.type(), random));
            case 11 -> text ? startsWith(name, random) : Expressions.equal(name, literal(field.type(), random));
            default -> Expressions.equal(name, literal(field.type(), random));
        };
    }

    private static Expression startsWith(String name, Random random) {
        return random.nextBoolean()
                ? Expressions.startsWith(name, text(random))
                : Expressions.notStartsWith(name, text(random));
    }

    private static Object literal(Type type, Random random) {
        Object value = value(type, random);
        boolean nan = (value instanceof Float f && f.isNaN()) || (value instanceof Double d && d.isNaN());
        return nan ? literal(type, random) : value;
    }
}
