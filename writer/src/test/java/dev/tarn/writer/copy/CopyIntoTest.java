package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyIntoTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "day", Types.DateType.get()),
            Types.NestedField.optional(3, "delay", Types.IntegerType.get()),
            Types.NestedField.optional(4, "tags", Types.ListType.ofOptional(5, Types.StringType.get())));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).month("day").build(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void csvIsLoadedByColumnName() throws Exception {
        Path file = write("a.csv", "delay,id,day", "5,1,2001-01-02", ",2,2001-02-03");

        CopyReceipt receipt = copy(CopyOptions.of(List.of(file.toString())));

        assertThat(receipt.rowsLoaded()).isEqualTo(2);
        assertThat(receipt.dataFilesAdded()).isEqualTo(2);
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"), row -> row.getField("day"), row -> row.getField("delay"))
                .containsExactlyInAnyOrder(
                        tuple(1L, LocalDate.of(2001, 1, 2), 5), tuple(2L, LocalDate.of(2001, 2, 3), null));
    }

    @Test
    void aWrongTypeNamesFileLineAndColumn() throws Exception {
        Path file = write("flights.csv", "id,delay", "1,5", "2,late");

        assertThatThrownBy(() -> copy(CopyOptions.of(List.of(file.toString()))))
                .isInstanceOf(TarnException.class)
                .hasMessage("flights.csv line 3: column 'delay' expects a 32-bit integer");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    @Test
    void tooFewColumnsNameFileAndLine() throws Exception {
        Path file = write("flights.csv", "id,delay", "1,5", "2");

        assertThatThrownBy(() -> copy(CopyOptions.of(List.of(file.toString()))))
                .hasMessage("flights.csv line 3: expects 2 columns but the line has 1");
    }

    @Test
    void anUnknownColumnIsRefusedWithTheNearestName() throws Exception {
        Path file = write("flights.csv", "id,dely", "1,5");

        assertThatThrownBy(() -> copy(CopyOptions.of(List.of(file.toString()))))
                .hasMessageContaining("'dely'")
                .hasMessageContaining("delay");
    }

    @Test
    void badRowsAreSkippedCountedAndWrittenDown() throws Exception {
        Path file = write("a.csv", "id,delay", "1,5", "x,6", "3,7");
        Path rejects = folder.resolve("rejects.jsonl");

        CopyReceipt receipt = copy(CopyOptions.of(List.of(file.toString()))
                .withBadRows(BadRows.SKIP_ROW.withRejects(rejects, BadRows.Content.INCLUDED)));

        assertThat(receipt.rowsLoaded()).isEqualTo(2);
        assertThat(receipt.rowsRejected()).isEqualTo(1);
        assertThat(receipt.firstErrors()).containsExactly("a.csv line 3: column 'id' expects a 64-bit integer");
        assertThat(Files.readString(rejects)).contains("\"line\":3").contains("x,6");
    }

    @Test
    void theSameFilesAreLoadedOnceUnlessAllAreWanted() throws Exception {
        Path file = write("a.csv", "id", "1");
        CopyOptions options = CopyOptions.of(List.of(file.toString()));

        copy(options);
        CopyReceipt second = copy(options);
        CopyReceipt forced = copy(options.withMode(CopyMode.ALL_FILES));

        assertThat(second.filesSkipped()).isEqualTo(1);
        assertThat(second.snapshotId()).isEmpty();
        assertThat(forced.rowsLoaded()).isEqualTo(1);
        assertThat(TestCatalog.rows(table)).hasSize(2);
    }

    @Test
    void validationReadsEverythingAndCommitsNothing() throws Exception {
        Path file = write("a.csv", "id", "1", "2");

        CopyReceipt receipt = copy(CopyOptions.of(List.of(file.toString())).withMode(CopyMode.VALIDATE_ONLY));

        assertThat(receipt.rowsLoaded()).isEqualTo(2);
        table.refresh();
        assertThat(table.currentSnapshot()).isNull();
    }

    @Test
    void jsonLinesWithListsAreLoadedFromAGlob() throws Exception {
        write("a.jsonl", "{\"id\":1,\"tags\":[\"x\",null]}", "", "{\"id\":2,\"day\":\"2001-01-02\"}");
        write("b.jsonl", "{\"id\":3}");

        CopyReceipt receipt =
                copy(CopyOptions.of(List.of(folder.resolve("*.jsonl").toString())));

        assertThat(receipt.filesLoaded()).isEqualTo(2);
        assertThat(TestCatalog.rows(table))
                .filteredOn(row -> row.getField("id").equals(1L))
                .extracting(row -> row.getField("tags"))
                .containsExactly(Arrays.asList("x", null));
        assertThat(TestCatalog.rows(table)).hasSize(3);
    }

    @Test
    void foreignParquetIsLoadedByColumnName() throws Exception {
        Path file = folder.resolve("f.parquet");
        duckdb("COPY (SELECT ['a','b'] AS tags, range::INT AS delay, range::BIGINT AS id, DATE '2001-01-01' AS day"
                + " FROM range(1000)) TO '" + file + "' (FORMAT parquet)");

        CopyReceipt receipt = copy(CopyOptions.of(List.of(file.toString())));

        assertThat(receipt.rowsLoaded()).isEqualTo(1000);
        List<Record> rows = TestCatalog.rows(table);
        assertThat(rows).hasSize(1000);
        assertThat(rows.get(7).getField("tags")).isEqualTo(List.of("a", "b"));
        assertThat(rows.get(7).getField("id")).isEqualTo(7L);
        assertThat(CopyInto.inferSchema(CopyOptions.of(List.of(file.toString())))
                        .findField("day")
                        .type())
                .isEqualTo(Types.DateType.get());
    }

    @Test
    void truncatedParquetIsCalledCorruptAndCommitsNothing() throws Exception {
        Path file = folder.resolve("broken.parquet");
        duckdb("COPY (SELECT range::BIGINT AS id FROM range(1000)) TO '" + file + "' (FORMAT parquet)");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> copy(CopyOptions.of(List.of(file.toString()))))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessageContaining("broken.parquet");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    @Test
    void aTextSchemaIsTheNarrowestThatFits() throws Exception {
        Path file = write("a.csv", "i,d,t,s,b", "1,1.5,2001-01-02,x,true", "2,2,2001-01-03,3,false");

        Schema schema = CopyInto.inferSchema(CopyOptions.of(List.of(file.toString())));

        assertThat(schema.columns())
                .extracting(column -> column.type().toString())
                .containsExactly("long", "double", "date", "string", "boolean");
    }

    @Test
    void anAbsentFileIsNamed() {
        assertThatThrownBy(() ->
                        copy(CopyOptions.of(List.of(folder.resolve("no.csv").toString()))))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("no.csv");
    }

    private CopyReceipt copy(CopyOptions options) {
        return CopyInto.run(table, options, CopyProgress.NONE);
    }

    private Path write(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private static void duckdb(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
