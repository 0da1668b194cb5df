package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.LocalFileIO;
import dev.tarn.writer.TestCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyRegisterTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "day", Types.DateType.get()),
            Types.NestedField.optional(3, "city", Types.StringType.get()));

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

    @Test
    void filesWithoutIdsAreReadByNameFromWhereTheyLie() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        duckdb("SELECT 'Oslo' AS city, range AS id, DATE '2001-01-02' AS day FROM range(1000)", "a.parquet");

        CopyReceipt receipt = register(table, "a.parquet");

        assertThat(receipt.rowsLoaded()).isEqualTo(1_000);
        assertThat(table.properties()).containsKey(TableProperties.DEFAULT_NAME_MAPPING);
        assertThat(table.newScan().planFiles())
                .extracting(task -> task.file().location())
                .containsExactly(LocalFileIO.toLocation(folder.resolve("a.parquet")));
        // Iceberg's generic reader knows no name mapping and would take columns by position.
        List<Record> rows = readByName(table, folder.resolve("a.parquet"));
        assertThat(rows)
                .hasSize(1_000)
                .allSatisfy(row -> assertThat(row.getField("city")).isEqualTo("Oslo"));
        assertThat(rows.get(7).getField("id")).isEqualTo(7L);
        assertThat(table.newScan().filter(Expressions.equal("id", 7L)).planFiles())
                .hasSize(1);
        assertThat(table.newScan().filter(Expressions.equal("id", 1_000L)).planFiles())
                .isEmpty();
        assertThat(register(table, "a.parquet").filesSkipped()).isEqualTo(1);
    }

    @Test
    void filesWithIdsOfRandomTablesComeBackRowForRow() throws Exception {
        long seed = System.nanoTime();
        System.out.println("filesWithIdsOfRandomTablesComeBackRowForRow seed " + seed);
        for (int i = 0; i < 4; i++) {
            RandomTables tables = new RandomTables(new Random(seed + i));
            Schema schema = tables.schema();
            Table table = catalog.create("r" + i, schema, PartitionSpec.unpartitioned(), 3);
            List<Record> rows = tables.rows(table.schema(), 300);
            write("r" + i + ".parquet", table.schema(), rows);

            register(table, "r" + i + ".parquet");

            List<Record> found = TestCatalog.rows(table);
            found.sort(Comparator.comparing(row -> (Long) row.getField("id")));
            assertThat(found.stream().map(RandomTables::text))
                    .as("seed %d", seed)
                    .isEqualTo(rows.stream().map(RandomTables::text).toList());
        }
    }

    @Test
    void partitionsFollowFromTheBoundsOfTheFooter() throws Exception {
        Table table = catalog.create(
                "t",
                SCHEMA,
                PartitionSpec.builderFor(SCHEMA).month("day").identity("city").build(),
                3);
        duckdb(
                "SELECT range AS id, DATE '2001-01-02' + (range % 20)::INT AS day, 'Oslo' AS city FROM range(100)",
                "a.parquet");
        duckdb("SELECT range AS id, NULL::DATE AS day, 'Rome' AS city FROM range(100)", "b.parquet");
        duckdb(
                "SELECT range AS id, DATE '2001-01-02' + range::INT AS day, 'Rome' AS city FROM range(100)",
                "c.parquet");
        duckdb(
                "SELECT range AS id, DATE '2001-01-02' AS day, if(range < 5, NULL, 'Rome') AS city FROM range(9)",
                "d.parquet");

        register(table, "[ab].parquet");

        assertThat(table.newScan()
                        .filter(Expressions.equal("day", "2001-01-05"))
                        .planFiles())
                .hasSize(1);
        assertThat(table.newScan().planFiles())
                .extracting(task -> task.file().partition().toString())
                .containsExactlyInAnyOrder(
                        "PartitionData{day_month=372, city=Oslo}", "PartitionData{day_month=null, city=Rome}");
        assertRefused(table, "c.parquet", "the value of partition field 'day_month' (month) cannot be proven");
        assertRefused(table, "d.parquet", "column 'city' has nulls and other values");
        assertThat(TestCatalog.rows(table)).hasSize(200);
    }

    @Test
    void bucketsAreComputedForOneValueAndRefusedForMore() throws Exception {
        Table table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).bucket("id", 16).build(), 2);
        duckdb("SELECT 34::BIGINT AS id, NULL::DATE AS day, 'x' AS city FROM range(10)", "a.parquet");
        duckdb("SELECT range AS id, NULL::DATE AS day, 'x' AS city FROM range(10)", "b.parquet");

        register(table, "a.parquet");

        assertThat(table.newScan().filter(Expressions.equal("id", 34)).planFiles())
                .hasSize(1);
        assertRefused(table, "b.parquet", "'id_bucket' (bucket[16]) cannot be proven");
    }

    @Test
    void identityFieldsMayComeFromThePath() throws Exception {
        Table table = catalog.create(
                "t",
                SCHEMA,
                PartitionSpec.builderFor(SCHEMA)
                        .identity("day")
                        .identity("city")
                        .build(),
                3);
        Files.createDirectories(folder.resolve("day=2001-01-02/city=S%C3%A3o Paulo"));
        Files.createDirectories(folder.resolve("day=__HIVE_DEFAULT_PARTITION__/city=x"));
        Files.createDirectories(folder.resolve("day=someday/city=x"));
        duckdb("SELECT range AS id FROM range(3)", "day=2001-01-02/city=S%C3%A3o Paulo/a.parquet");
        duckdb("SELECT 9::BIGINT AS id", "day=__HIVE_DEFAULT_PARTITION__/city=x/b.parquet");
        duckdb("SELECT 9::BIGINT AS id", "day=someday/city=x/c.parquet");

        register(table, "**/[ab].parquet");

        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id") + " " + row.getField("day") + " " + row.getField("city"))
                .containsExactlyInAnyOrder(
                        "0 2001-01-02 São Paulo", "1 2001-01-02 São Paulo", "2 2001-01-02 São Paulo", "9 null x");
        assertRefused(table, "**/c.parquet", "in its path column 'day' expects a date");
    }

    @Test
    void whatWouldBeReadWronglyIsRefused() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        duckdb("SELECT 1::BIGINT AS id, 'x' AS day, 'x' AS city", "type.parquet");
        duckdb("SELECT 1::BIGINT AS id, 'x' AS town", "extra.parquet");
        duckdb("SELECT 'x' AS city", "missing.parquet");
        duckdb("SELECT if(range = 1, NULL, range) AS id FROM range(3)", "nulls.parquet");
        duckdb("SELECT range::UINTEGER AS id FROM range(3)", "unsigned.parquet");
        Files.writeString(folder.resolve("text.parquet"), "no parquet");
        Files.writeString(folder.resolve("a.csv"), "id\n1\n");
        Schema other = new Schema(Types.NestedField.required(1, "number", Types.LongType.get()));
        Record foreign = GenericRecord.create(other);
        foreign.setField("number", 1L);
        write("foreign.parquet", other, List.of(foreign));

        assertRefused(table, "type.parquet", "column 'day' has type date but the file has string");
        assertRefused(table, "extra.parquet", "it has a column 'town' that the table lacks");
        assertRefused(table, "missing.parquet", "it has nothing for column 'id', which the table requires");
        assertRefused(table, "nulls.parquet", "column 'id' is required but the footer does not say");
        assertRefused(table, "unsigned.parquet", "is stored as");
        assertRefused(table, "foreign.parquet", "field id 1 is column 'id' of the table but 'number' in the file");
        assertRefused(table, "text.parquet", "text.parquet is damaged");
        assertRefused(table, "a.csv", "is no Parquet file");
        assertThat(table.currentSnapshot()).isNull();
    }

    @Test
    void narrowTypesAreReadAsWideOnes() throws Exception {
        Table table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).truncate("id", 10).build(), 3);
        duckdb("SELECT (20 + range)::INTEGER AS id FROM range(5)", "a.parquet");

        register(table, "a.parquet");

        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactly(20L, 21L, 22L, 23L, 24L);
        assertThat(table.newScan().filter(Expressions.equal("id", 22L)).planFiles())
                .hasSize(1);
    }

    @Test
    void aFileOfTheTableIsNotRegisteredAgainEvenByForce() throws Exception {
        Table table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        duckdb("SELECT 1::BIGINT AS id", "a.parquet");
        register(table, "a.parquet");

        assertThatThrownBy(() ->
                        CopyInto.register(table, options("a.parquet").withMode(CopyMode.ALL_FILES), CopyProgress.NONE))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("is a file of table test.db.t already");
    }

    private static List<Record> readByName(Table table, Path file) throws Exception {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> found = Parquet.read(
                        new LocalFileIO().newInputFile(LocalFileIO.toLocation(file)))
                .project(table.schema())
                .withNameMapping(
                        NameMappingParser.fromJson(table.properties().get(TableProperties.DEFAULT_NAME_MAPPING)))
                .createReaderFunc(
                        (Schema expected, MessageType given) -> GenericParquetReaders.buildReader(expected, given))
                .build()) {
            found.forEach(rows::add);
        }
        return rows;
    }

    private void assertRefused(Table table, String glob, String message) {
        assertThatThrownBy(() -> register(table, glob))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isIn(ErrorKind.INVALID, ErrorKind.CORRUPT))
                .hasMessageContaining(message);
    }

    private CopyReceipt register(Table table, String glob) {
        return CopyInto.register(table, options(glob), CopyProgress.NONE);
    }

    private CopyOptions options(String glob) {
        return CopyOptions.of(List.of(folder.resolve(glob).toString()));
    }

    private void write(String name, Schema schema, List<Record> rows) throws Exception {
        try (FileAppender<Record> appender = Parquet.write(
                        new LocalFileIO().newOutputFile(LocalFileIO.toLocation(folder.resolve(name))))
                .schema(schema)
                .createWriterFunc(GenericParquetWriter::create)
                .build()) {
            appender.addAll(rows);
        }
    }

    private void duckdb(String query, String name) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + folder.resolve(name) + "' (FORMAT parquet)");
        }
    }
}
