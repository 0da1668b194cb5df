package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryExecution;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvolutionAndTimeTravelTest {
    private static final Schema SIMPLE = new Schema(
            NestedField.required(1, "id", Types.IntegerType.get()),
            NestedField.optional(2, "name", Types.StringType.get()));

    @TempDir
    static Path folder;

    private static EngineFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new EngineFixture(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @AfterEach
    void nothingIsLeaked() {
        assertThat(fixture.allocator.getAllocatedMemory()).isZero();
    }

    @Test
    void columnsAreFoundByFieldIdAfterEveryChange() throws IOException {
        Schema schema = new Schema(
                NestedField.required(1, "id", Types.IntegerType.get()),
                NestedField.optional(2, "name", Types.StringType.get()),
                NestedField.optional(3, "ratio", Types.FloatType.get()),
                NestedField.optional(4, "price", Types.DecimalType.of(9, 2)),
                NestedField.optional(5, "gone", Types.StringType.get()));
        Table table = fixture.createTable("evolved", schema, PartitionSpec.unpartitioned(), 3);
        EngineFixture.append(
                table,
                List.of(row(
                        schema, "id", 1, "name", "a", "ratio", 1.5f, "price", new BigDecimal("1.25"), "gone", "x")));
        table.updateSchema()
                .renameColumn("name", "title")
                .updateColumn("id", Types.LongType.get())
                .updateColumn("ratio", Types.DoubleType.get())
                .updateColumn("price", Types.DecimalType.of(18, 2))
                .deleteColumn("gone")
                .addColumn("country", Types.StringType.get(), "where", Literal.of("D'E"))
                .addColumn("since", Types.DateType.get(), "when", Literal.of(20000))
                .moveFirst("country")
                .commit();
        table.updateSchema().addColumn("name", Types.IntegerType.get()).commit();
        Map<String, Object> second = new HashMap<>(Map.of("id", 2L, "title", "b", "country", "FR"));
        second.put("since", LocalDate.of(2026, 1, 2));
        second.put("name", 7);
        EngineFixture.append(table, List.of(GenericRecord.create(table.schema()).copy(second)));

        assertThat(fixture.query(
                        "SELECT country, id, title, ratio, price, since::VARCHAR, name FROM evolved ORDER BY id"))
                .containsExactly(
                        row("D'E", 1L, "a", 1.5, new BigDecimal("1.25"), "2024-10-04", null),
                        row("FR", 2L, "b", null, null, "2026-01-02", 7));
        assertThat(names("SELECT * FROM evolved"))
                .containsExactly("country", "id", "title", "ratio", "price", "since", "name");
        assertThat(icebergRows(table)).isEqualTo(2);
    }

    @Test
    void nestedFieldsAreFoundByFieldId() {
        Schema schema = new Schema(
                NestedField.required(1, "id", Types.IntegerType.get()),
                NestedField.optional(
                        2,
                        "place",
                        Types.StructType.of(
                                NestedField.optional(3, "city", Types.StringType.get()),
                                NestedField.optional(4, "zip", Types.IntegerType.get()))),
                NestedField.optional(5, "tags", Types.ListType.ofOptional(6, Types.StringType.get())),
                NestedField.optional(
                        7, "scores", Types.MapType.ofOptional(8, 9, Types.StringType.get(), Types.IntegerType.get())));
        Table table = fixture.createTable("nested", schema, PartitionSpec.unpartitioned(), 2);
        Record place =
                GenericRecord.create(schema.findType("place").asStructType()).copy(Map.of("city", "Bern", "zip", 3000));
        EngineFixture.append(
                table,
                List.of(row(schema, "id", 1, "place", place, "tags", List.of("x", "y"), "scores", Map.of("k", 5))));
        table.updateSchema()
                .renameColumn("place.city", "town")
                .addColumn("place", "country", Types.StringType.get())
                .commit();

        assertThat(fixture.query("SELECT place.town, place.zip, place.country, tags[2], scores['k'] FROM nested"))
                .containsExactly(row("Bern", 3000, null, "y", 5));
    }

    @Test
    void filesWithoutFieldIdsAreReadByName() throws Exception {
        Table table = fixture.createTable("imported", SIMPLE, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, List.of(row(SIMPLE, "id", 1, "name", "native")));
        importFile(table, "SELECT 'foreign' AS name, 2 AS id");
        table.updateProperties()
                .set(TableProperties.DEFAULT_NAME_MAPPING, NameMappingParser.toJson(MappingUtil.create(SIMPLE)))
                .commit();

        assertThat(fixture.query("SELECT id, name FROM imported ORDER BY id"))
                .containsExactly(row(1, "native"), row(2, "foreign"));
    }

    @Test
    void filesOfEveryPartitionSpecAreReadAndPruned() {
        Table table = fixture.createTable(
                "specs",
                SIMPLE,
                PartitionSpec.builderFor(SIMPLE).identity("name").build(),
                2);
        EngineFixture.append(table, List.of(row(SIMPLE, "id", 1, "name", "a"), row(SIMPLE, "id", 2, "name", "b")));
        table.updateSpec().removeField("name").commit();
        EngineFixture.append(table, List.of(row(SIMPLE, "id", 3, "name", "c")));

        assertThat(fixture.query("SELECT id, name FROM specs ORDER BY 1"))
                .containsExactly(row(1, "a"), row(2, "b"), row(3, "c"));
        assertPlanned("SELECT id FROM specs WHERE name = 'a'", 1, 2);
        assertPlanned("SELECT id FROM specs s WHERE 2 <= s.id AND name LIKE 'c%'", 1, 2);
        assertPlanned(
                "SELECT x.id FROM specs x JOIN specs y ON x.id = y.id WHERE x.name IN ('b') AND y.id BETWEEN 2 AND 3",
                3,
                3);
        assertPlanned("SELECT x.id FROM specs x LEFT JOIN specs y ON x.id = y.id WHERE y.id = 1", 6, 0);
    }

    @Test
    void snapshotIsChosenByIdTagBranchAndTime() throws Exception {
        Table table = fixture.createTable("travel", SIMPLE, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, List.of(row(SIMPLE, "id", 1, "name", "a")));
        long first = table.currentSnapshot().snapshotId();
        table.manageSnapshots()
                .createTag("v1", first)
                .createBranch("dev", first)
                .commit();
        Instant between = Instant.ofEpochMilli(table.currentSnapshot().timestampMillis());
        table.updateSchema().renameColumn("name", "title").commit();
        EngineFixture.append(table, List.of(row(table.schema(), "id", 2, "title", "b")));

        List<List<Object>> old = List.of(row(1, "a"));
        assertThat(fixture.query("SELECT id, name FROM travel AT (VERSION => " + first + ")"))
                .isEqualTo(old);
        assertThat(fixture.query("SELECT id, name FROM travel FOR VERSION AS OF " + first + " AS t WHERE t.id > 0"))
                .isEqualTo(old);
        assertThat(fixture.query("SELECT t.* FROM shop.travel AS t AT (TAG => 'v1')"))
                .isEqualTo(old);
        assertThat(fixture.query("SELECT * FROM travel FOR VERSION AS OF 'v1'")).isEqualTo(old);
        assertThat(fixture.query("SELECT id, title FROM travel AT (BRANCH => 'dev')"))
                .isEqualTo(old);
        assertThat(fixture.query("SELECT * FROM travel FOR TIMESTAMP AS OF TIMESTAMP '" + between + "'"))
                .isEqualTo(old);
        assertThat(fixture.query("SELECT count(*) FROM travel n, travel AT (TAG => 'v1') o /* AT (TAG => 'x') */"))
                .containsExactly(row(2L));
        assertRefused("SELECT * FROM travel AT (TAG => 'v2')", ErrorKind.NOT_FOUND, "'v1'");
        assertRefused("SELECT * FROM travel AT (VERSION => 17)", ErrorKind.NOT_FOUND, "17");
        assertRefused("SELECT * FROM travel FOR TIMESTAMP AS OF '1999-01-01'", ErrorKind.NOT_FOUND, "1999");
        assertRefused("SELECT * FROM travel FOR TIMESTAMP AS OF 'soon'", ErrorKind.INVALID, "soon");
        assertRefused(
                "SELECT * FROM travel, (SELECT 1) x AT (TAG => 'v1')", ErrorKind.INVALID, "must follow the table");
        assertRefused("SELECT * FROM travel AT (VERSION => 1 + 1)", ErrorKind.INVALID, "character 22");
    }

    @Test
    void preparedStatementStaysAtItsSnapshot() {
        Table table = fixture.createTable("pinned", SIMPLE, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, List.of(row(SIMPLE, "id", 1, "name", "a")));

        try (PreparedQuery prepared = fixture.engine.prepare("SELECT id FROM pinned", EngineFixture.context())) {
            EngineFixture.append(table, List.of(row(SIMPLE, "id", 2, "name", "b")));
            assertThat(fixture.run(prepared)).containsExactly(row(1));
        }
        assertThat(fixture.query("SELECT id FROM pinned ORDER BY 1")).containsExactly(row(1), row(2));
    }

    private static void assertPlanned(String sql, long planned, long pruned) {
        try (PreparedQuery prepared = fixture.engine.prepare(sql, EngineFixture.context());
                QueryExecution execution = prepared.execute(null, fixture.allocator)) {
            assertThat(execution.progress().filesPlanned()).as(sql).isEqualTo(planned);
            assertThat(execution.progress().filesPruned()).as(sql).isEqualTo(pruned);
        }
    }

    private static void assertRefused(String sql, ErrorKind kind, String part) {
        assertThatThrownBy(() -> fixture.query(sql))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(part);
    }

    private static List<String> names(String sql) {
        try (PreparedQuery prepared = fixture.engine.prepare(sql, EngineFixture.context())) {
            return prepared.resultSchema().getFields().stream()
                    .map(field -> field.getName())
                    .toList();
        }
    }

    private static int icebergRows(Table table) throws IOException {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> read = IcebergGenerics.read(table).build()) {
            read.forEach(rows::add);
        }
        return rows.size();
    }

    private static void importFile(Table table, String select) throws Exception {
        Path file = folder.resolve("foreign.parquet");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
        }
        table.newAppend()
                .appendFile(DataFiles.builder(table.spec())
                        .withPath(file.toString())
                        .withFileSizeInBytes(Files.size(file))
                        .withRecordCount(1)
                        .withFormat("parquet")
                        .build())
                .commit();
    }

    private static Record row(Schema schema, Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return GenericRecord.create(schema).copy(values);
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }
}
