package dev.tarn.writer.contract.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.contract.Bound;
import dev.tarn.writer.contract.Check;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

/** The verdict over whole batches must be the verdict of a plain look at each row. */
class RowChecksPropertyTest {
    private static final int ROUNDS = Integer.getInteger("tarn.contract.rounds", 300);

    private static final Schema SCHEMA = new Schema(
            Types.NestedField.optional(1, "whole", Types.LongType.get()),
            Types.NestedField.optional(2, "small", Types.IntegerType.get()),
            Types.NestedField.optional(3, "real", Types.DoubleType.get()),
            Types.NestedField.optional(4, "single", Types.FloatType.get()),
            Types.NestedField.optional(5, "money", Types.DecimalType.of(12, 2)),
            Types.NestedField.optional(6, "wide", Types.DecimalType.of(38, 3)),
            Types.NestedField.optional(7, "name", Types.StringType.get()),
            Types.NestedField.optional(8, "day", Types.DateType.get()),
            Types.NestedField.optional(9, "at", Types.TimestampType.withZone()),
            Types.NestedField.optional(10, "local", Types.TimestampNanoType.withoutZone()),
            Types.NestedField.optional(11, "flag", Types.BooleanType.get()),
            Types.NestedField.optional(
                    12,
                    "inner",
                    Types.StructType.of(
                            Types.NestedField.optional(13, "code", Types.StringType.get()),
                            Types.NestedField.optional(14, "count", Types.IntegerType.get()))));

    private static final List<String> TEXTS = List.of(
            "", "a", "abc", "abcdefgh", "abcdefghi", "a long text of more than two words", "äöü", "😀", "N/A", "A-1");

    @Test
    void batchesAreJudgedAsTheirRowsAre() {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        Random random = new Random(seed);
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator)) {
            BatchColumns columns = new BatchColumns(SCHEMA);
            RowTransposer transposer = new RowTransposer(SCHEMA, batch);
            for (int round = 0; round < ROUNDS; round++) {
                List<Map<String, Object>> rows = rows(random);
                transposer.begin();
                rows.forEach(row -> transposer.add((name, position) -> row.get(name)));
                transposer.end();
                columns.moveTo(batch);
                int[] selected = selection(random, rows.size());
                for (int i = 0; i < 8; i++) {
                    Check.OfRow check = check(random);
                    BitSet expected = new BitSet();
                    for (int row : selected) {
                        expected.set(row, isBad(check, rows.get(row)));
                    }
                    RowMarks marks = new RowMarks();
                    marks.clear(rows.size());
                    int bad = RowChecks.of(check, SCHEMA).mark(columns, selected, selected.length, marks);
                    BitSet found = new BitSet();
                    for (int row = 0; row < rows.size(); row++) {
                        found.set(row, marks.isSet(row));
                    }
                    assertThat(found)
                            .as("seed %d, round %d, %s", seed, round, check)
                            .isEqualTo(expected);
                    assertThat(bad)
                            .as("seed %d, round %d, %s", seed, round, check)
                            .isEqualTo(expected.cardinality());
                }
            }
        }
    }

    @Test
    void fingerprintsOfBatchesAreEqualExactlyWhereKeysAre() {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> all = List.of(
                "whole",
                "small",
                "real",
                "single",
                "money",
                "wide",
                "name",
                "day",
                "at",
                "local",
                "flag",
                "inner.code");
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(SCHEMA), allocator)) {
            BatchColumns columns = new BatchColumns(SCHEMA);
            RowTransposer transposer = new RowTransposer(SCHEMA, batch);
            for (int round = 0; round < ROUNDS / 3; round++) {
                List<Map<String, Object>> rows = rows(random);
                transposer.begin();
                rows.forEach(row -> transposer.add((name, position) -> row.get(name)));
                transposer.end();
                columns.moveTo(batch);
                List<String> key = new ArrayList<>();
                for (int i = 0; i <= random.nextInt(2); i++) {
                    key.add(all.get(random.nextInt(all.size())));
                }
                List<Types.NestedField> fields =
                        key.stream().map(SCHEMA::findField).toList();
                KeyFingerprints fingerprints = new KeyFingerprints(key, fields, seed);
                assertThat(fingerprints.moveTo(columns)).isTrue();
                Map<List<Object>, List<Long>> seen = new HashMap<>();
                FingerprintSet set = new FingerprintSet();
                for (int row = 0; row < rows.size(); row++) {
                    Map<String, Object> values = rows.get(row);
                    List<Object> expected = new ArrayList<>();
                    key.forEach(column -> expected.add(value(values, column)));
                    boolean whole = fingerprints.take(row);
                    assertThat(whole).as("seed %d, round %d", seed, round).isEqualTo(!expected.contains(null));
                    if (whole) {
                        List<Long> print = List.of(fingerprints.high(), fingerprints.low());
                        List<Long> before = seen.putIfAbsent(expected, print);
                        assertThat(set.add(fingerprints.high(), fingerprints.low()))
                                .as("seed %d, round %d, %s of %s", seed, round, expected, key)
                                .isEqualTo(before == null);
                        assertThat(before == null ? print : before).isEqualTo(print);
                    }
                }
            }
        }
    }

    private static List<Map<String, Object>> rows(Random random) {
        int count = 1 + random.nextInt(200);
        int nullsIn = random.nextInt(3) == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(6);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new HashMap<>();
            put(row, "whole", (long) random.nextInt(40) - 20, random, nullsIn);
            put(row, "small", random.nextInt(40) - 20, random, nullsIn);
            double[] reals = {0.0, -1.5, 0.5, 3.0, Double.NaN, Double.POSITIVE_INFINITY, 1e300, 0.1};
            put(row, "real", reals[random.nextInt(reals.length)], random, nullsIn);
            put(row, "single", (float) reals[random.nextInt(4)], random, nullsIn);
            put(row, "money", BigDecimal.valueOf(random.nextInt(400) - 200, 2), random, nullsIn);
            BigDecimal wide = random.nextInt(4) == 0
                    ? new BigDecimal("123456789012345678901234567890.125")
                    : BigDecimal.valueOf(random.nextInt(4_000), 3);
            put(row, "wide", random.nextBoolean() ? wide : wide.negate(), random, nullsIn);
            put(row, "name", TEXTS.get(random.nextInt(TEXTS.size())), random, nullsIn);
            put(row, "day", LocalDate.of(2026, 1, 1).plusDays(random.nextInt(30)), random, nullsIn);
            put(
                    row,
                    "at",
                    OffsetDateTime.of(2026, 1, 1 + random.nextInt(20), 3, 0, 0, 0, ZoneOffset.UTC),
                    random,
                    nullsIn);
            put(row, "local", LocalDateTime.of(2026, 1, 1 + random.nextInt(20), 3, 0, 0, 7), random, nullsIn);
            put(row, "flag", random.nextBoolean(), random, nullsIn);
            Map<String, Object> inner = new HashMap<>();
            put(inner, "code", TEXTS.get(random.nextInt(TEXTS.size())), random, nullsIn);
            put(inner, "count", random.nextInt(10), random, nullsIn);
            put(row, "inner", inner, random, nullsIn);
            rows.add(row);
        }
        return rows;
    }

    private static void put(Map<String, Object> row, String name, Object value, Random random, int nullsIn) {
        if (nullsIn == Integer.MAX_VALUE || random.nextInt(nullsIn) != 0) {
            row.put(name, value);
        }
    }

    private static int[] selection(Random random, int rows) {
        boolean all = random.nextBoolean();
        return random.ints(rows, 0, 3).boxed().toList().isEmpty()
                ? new int[0]
                : java.util.stream.IntStream.range(0, rows)
                        .filter(row -> all || random.nextInt(3) > 0)
                        .toArray();
    }

    private static Check.OfRow check(Random random) {
        String[] ranged = {"whole", "small", "real", "single", "money", "wide", "day", "at", "local", "inner.count"};
        String[] any = {"whole", "real", "money", "name", "day", "at", "flag", "inner", "inner.code", "inner.count"};
        String[] texts = {"name", "inner.code"};
        return switch (random.nextInt(7)) {
            case 0 -> new Check.NotNull(any[random.nextInt(any.length)]);
            case 1 ->
                new Check.NotMissing(
                        texts[random.nextInt(2)], List.of("", "N/A", "a long text of more than two words"));
            case 2 -> range(ranged[random.nextInt(ranged.length)], random);
            case 3 -> oneOf(random);
            case 4 -> {
                int min = random.nextInt(5);
                yield new Check.Length(texts[random.nextInt(2)], min, min + random.nextInt(10));
            }
            case 5 -> {
                String[] patterns = {"^a", "[0-9]$", "^(abc|A-1)$", "b.d", "^$", "ö"};
                yield new Check.Matches(texts[random.nextInt(2)], patterns[random.nextInt(patterns.length)]);
            }
            default -> {
                String[] numbers = {"whole", "small", "money", "real"};
                yield new Check.MultipleOf(
                        numbers[random.nextInt(numbers.length)],
                        new BigDecimal(List.of("3", "0.5", "0.1").get(random.nextInt(3))));
            }
        };
    }

    private static Check.Range range(String column, Random random) {
        Optional<Bound> low = Optional.empty();
        Optional<Bound> high = Optional.empty();
        if (random.nextInt(4) != 0) {
            low = Optional.of(new Bound(literal(column, random), random.nextBoolean()));
        }
        if (low.isEmpty() || random.nextInt(4) != 0) {
            high = Optional.of(new Bound(literal(column, random), random.nextBoolean()));
        }
        return new Check.Range(column, low, high);
    }

    private static String literal(String column, Random random) {
        int day = 1 + random.nextInt(20);
        return switch (column) {
            case "day" -> "2026-01-%02d".formatted(day);
            case "at" -> "2026-01-%02dT%02d:00:00Z".formatted(day, 2 + random.nextInt(3));
            case "local" -> "2026-01-%02d 03:00:00.000000007".formatted(day);
            case "wide" -> random.nextBoolean() ? "1.5" : "123456789012345678901234567890.125";
            case "single" -> List.of("0.5", "-1.5", "3").get(random.nextInt(3));
            default -> List.of("0.5", "-1.5", "0.1", "3", "-7", "12").get(random.nextInt(6));
        };
    }

    private static Check.OneOf oneOf(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Check.OneOf("name", List.of("abcdefgh", "a long text of more than two words", "äöü"));
            case 1 -> new Check.OneOf("inner.code", List.of("", "A-1"));
            case 2 -> new Check.OneOf("whole", List.of("1", "2", "-3", "4.5"));
            case 3 -> new Check.OneOf("money", List.of("1.5", "0.10", "-2"));
            case 4 -> new Check.OneOf("real", List.of("0", "0.1", "3"));
            default -> new Check.OneOf("flag", List.of("TRUE"));
        };
    }

    private static Object value(Map<String, Object> row, String column) {
        if (column.startsWith("inner.")) {
            Object inner = row.get("inner");
            return inner instanceof Map<?, ?> map ? map.get(column.substring("inner.".length())) : null;
        }
        return row.get(column);
    }

    private static boolean isBad(Check.OfRow check, Map<String, Object> row) {
        Object value = value(row, check.column());
        boolean absentStruct = check.column().startsWith("inner.") && row.get("inner") == null;
        if (check instanceof Check.NotNull) {
            return value == null && !absentStruct;
        }
        if (check instanceof Check.NotMissing missing) {
            return value == null ? !absentStruct : missing.missing().contains(value.toString());
        }
        if (value == null) {
            return false;
        }
        if (check instanceof Check.OneOf oneOf) {
            return oneOf.values().stream().noneMatch(listed -> isSame(listed, value));
        }
        if (check instanceof Check.Length length) {
            int points = value.toString().codePointCount(0, value.toString().length());
            return points < length.min() || points > length.max();
        }
        if (check instanceof Check.Matches matches) {
            return !Pattern.compile(matches.pattern()).matcher(value.toString()).find();
        }
        if (check instanceof Check.MultipleOf multiple) {
            if (value instanceof Double real && !Double.isFinite(real)) {
                return true;
            }
            return new BigDecimal(value.toString()).remainder(multiple.of()).signum() != 0;
        }
        Check.Range range = (Check.Range) check;
        return range.min()
                        .map(bound -> !isInside(compare(value, bound.literal()), bound, 1))
                        .orElse(isNan(value))
                || range.max()
                        .map(bound -> !isInside(compare(value, bound.literal()), bound, -1))
                        .orElse(isNan(value));
    }

    private static boolean isNan(Object value) {
        return value instanceof Double real && real.isNaN();
    }

    private static boolean isSame(String listed, Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return listed.equalsIgnoreCase(value.toString());
        }
        if (value instanceof Double real) {
            return Double.parseDouble(listed) == real;
        }
        return new BigDecimal(listed).compareTo(new BigDecimal(value.toString())) == 0;
    }

    /** Order of a value and a literal; absent where a value has none. */
    private static Optional<Integer> compare(Object value, String literal) {
        if (value instanceof Double real) {
            return real.isNaN() ? Optional.empty() : Optional.of(Double.compare(real, Double.parseDouble(literal)));
        }
        if (value instanceof Float single) {
            return Optional.of(Float.compare(single + 0.0f, Float.parseFloat(literal)));
        }
        if (value instanceof LocalDate day) {
            return Optional.of(day.compareTo(LocalDate.parse(literal)));
        }
        if (value instanceof OffsetDateTime time) {
            return Optional.of(time.toInstant().compareTo(java.time.Instant.parse(literal)));
        }
        if (value instanceof LocalDateTime time) {
            return Optional.of(time.compareTo(LocalDateTime.parse(literal.replace(' ', 'T'))));
        }
        return Optional.of(new BigDecimal(value.toString()).compareTo(new BigDecimal(literal)));
    }

    private static boolean isInside(Optional<Integer> order, Bound bound, int sign) {
        return order.map(compared -> bound.inclusive() ? compared * sign >= 0 : compared * sign > 0)
                .orElse(false);
    }
}
