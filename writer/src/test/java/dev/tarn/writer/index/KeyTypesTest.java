package dev.tarn.writer.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyTypesTest {
    private static final int ROWS = 40;

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    static Stream<Arguments> types() {
        LocalDateTime start = LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000);
        return Stream.of(
                type(Types.BooleanType.get(), i -> i % 2 == 0),
                type(Types.IntegerType.get(), i -> i - 20),
                type(Types.LongType.get(), i -> (long) i << 33),
                type(Types.DateType.get(), i -> LocalDate.of(1969, 12, 20).plusDays(i)),
                type(Types.TimeType.get(), i -> LocalTime.of(1, 2, 3).plusNanos(i * 1_000L)),
                type(Types.TimestampType.withoutZone(), i -> start.plusNanos(i * 1_000L)),
                type(Types.TimestampType.withZone(), i -> OffsetDateTime.of(start.plusSeconds(i), ZoneOffset.UTC)),
                type(Types.TimestampNanoType.withoutZone(), i -> start.plusNanos(i)),
                type(Types.StringType.get(), i -> "key \u00e4 " + "x".repeat(i)),
                type(Types.UUIDType.get(), i -> new UUID(i * 31L, -i)),
                type(Types.FixedType.ofLength(3), i -> ByteBuffer.wrap(new byte[] {1, (byte) i, 3})),
                type(Types.BinaryType.get(), i -> ByteBuffer.wrap("b".repeat(i).getBytes(StandardCharsets.US_ASCII))),
                type(Types.DecimalType.of(9, 2), i -> BigDecimal.valueOf(i - 20, 2)),
                type(Types.DecimalType.of(18, 3), i -> BigDecimal.valueOf(i - 20L, 3)),
                type(
                        Types.DecimalType.of(38, 10),
                        i -> new BigDecimal("123456789012345678.0000000000").add(BigDecimal.valueOf(i - 20, 10))));
    }

    private static Arguments type(Type type, IntFunction<Object> value) {
        return Arguments.of(type, value);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("types")
    void keysOfEveryTypeAreFoundInBatchesFilesAndRecords(Type type, IntFunction<Object> value) throws Exception {
        Schema schema = new Schema(
                Types.NestedField.optional(1, "k", type), Types.NestedField.optional(2, "n", Types.IntegerType.get()));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        int distinct = type.typeId() == Type.TypeID.BOOLEAN ? 2 : ROWS;
        Ingest.into(table, IngestOptions.defaults()).upsertMaps(rows(value, 1), List.of("k"));

        IngestReceipt scanned = Ingest.into(table, IngestOptions.defaults()).upsertMaps(rows(value, 2), List.of("k"));
        IngestReceipt indexed = Ingest.into(table, IngestOptions.defaults().withKeyIndex(folder.resolve("index")))
                .upsertMaps(rows(value, 3), List.of("k"));

        assertThat(scanned.rowsDeleted()).isEqualTo(distinct);
        assertThat(indexed.rowsDeleted()).isEqualTo(distinct);
        assertThat(TestCatalog.rows(table))
                .hasSize(distinct)
                .allMatch(row -> row.getField("n").equals(3));
        assertRecordsHaveTheKeysOfFiles(table, List.of("k"));
    }

    @Test
    void partsOfAKeyAreKeptApart() throws Exception {
        Schema schema = new Schema(
                Types.NestedField.required(1, "a", Types.StringType.get()),
                Types.NestedField.required(2, "b", Types.StringType.get()),
                Types.NestedField.required(3, "c", Types.UUIDType.get()),
                Types.NestedField.optional(4, "n", Types.IntegerType.get()));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        UUID id = new UUID(1, 2);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.upsertMaps(
                List.of(
                        Map.of("a", "ab", "b", "c", "c", id, "n", 1),
                        Map.of("a", "a", "b", "bc", "c", id, "n", 1),
                        Map.of("a", "", "b", "abc", "c", id, "n", 1)),
                List.of("a", "b", "c"));

        IngestReceipt receipt =
                ingest.upsertMaps(List.of(Map.of("a", "a", "b", "bc", "c", id, "n", 2)), List.of("a", "b", "c"));

        assertThat(receipt.rowsDeleted()).isEqualTo(1);
        assertThat(TestCatalog.rows(table)).hasSize(3);
        assertRecordsHaveTheKeysOfFiles(table, List.of("a", "b", "c"));
    }

    @Test
    void aKeyThatWasWidenedIsFoundInOlderFiles() {
        Schema schema = new Schema(
                Types.NestedField.required(1, "k", Types.IntegerType.get()),
                Types.NestedField.optional(2, "n", Types.IntegerType.get()));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        IngestOptions options = IngestOptions.defaults().withKeyIndex(folder.resolve("index"));
        Ingest.into(table, options).upsertMaps(rows(i -> i, 1), List.of("k"));
        table.updateSchema().updateColumn("k", Types.LongType.get()).commit();

        assertThat(Ingest.into(table, options)
                        .upsertMaps(rows(i -> (long) i, 2), List.of("k"))
                        .rowsDeleted())
                .isEqualTo(ROWS);
        assertThat(Ingest.into(table, IngestOptions.defaults())
                        .upsertMaps(rows(i -> (long) i, 3), List.of("k"))
                        .rowsDeleted())
                .isEqualTo(ROWS);
    }

    private static void assertRecordsHaveTheKeysOfFiles(Table table, List<String> names) throws IOException {
        KeyColumns columns = KeyColumns.of(table, names);
        PendingKeys inFiles = new PendingKeys();
        FileKeys keys = new FileKeys(table, columns, Expressions.alwaysTrue());
        try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
            tasks.forEach(task -> keys.forEach(task, (high, low, position) -> inFiles.findOrAdd(high, low)));
        }
        KeyHash hash = new KeyHash(columns);
        InternalRecordWrapper view =
                new InternalRecordWrapper(table.schema().select(names).asStruct());
        TestCatalog.rows(table).forEach(row -> {
            assertThat(hash.set(view.wrap(row))).isTrue();
            assertThat(inFiles.contains(hash.high(), hash.low())).isTrue();
        });
    }

    private static List<Map<String, Object>> rows(IntFunction<Object> value, int n) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(new HashMap<>(Map.of("k", value.apply(i), "n", n)));
        }
        return rows;
    }
}
