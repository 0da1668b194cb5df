package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTextTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.optional(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()),
            Types.NestedField.optional(3, "day", Types.DateType.get()),
            Types.NestedField.optional(4, "at", Types.TimestampType.withoutZone()),
            Types.NestedField.optional(5, "n", Types.IntegerType.get()),
            Types.NestedField.optional(6, "d", Types.DoubleType.get()),
            Types.NestedField.optional(7, "price", Types.DecimalType.of(9, 2)),
            Types.NestedField.optional(
                    8,
                    "home",
                    Types.StructType.of(
                            Types.NestedField.required(9, "city", Types.StringType.get()),
                            Types.NestedField.optional(10, "zip", Types.IntegerType.get()))));

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void compressedTextIsLoadedByTheEndingOfItsName() throws Exception {
        byte[] csv = "id\n1\n".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("a.csv.gz"), gzip(csv));
        Files.write(folder.resolve("b.csv.zst"), Zstd.compress("id\n2\n".getBytes(StandardCharsets.UTF_8)));
        Files.write(folder.resolve("c.jsonl.gz"), gzip("{\"id\":3}".getBytes(StandardCharsets.UTF_8)));

        CopyReceipt receipt = load(CopyOptions.of(List.of(folder + "/*.{gz,zst}")));

        assertThat(receipt.filesLoaded()).isEqualTo(3);
        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void damagedCompressionIsCalledCorrupt() throws Exception {
        byte[] whole = gzip(("id\n" + "1\n2\n3\n4\n5\n".repeat(1_000)).getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("a.csv.gz"), Arrays.copyOf(whole, whole.length - 12));
        Files.writeString(folder.resolve("b.csv.gz"), "id\n1\n");
        Files.writeString(folder.resolve("c.jsonl.zst"), "{\"id\":1}\n");

        for (String name : List.of("a.csv.gz", "b.csv.gz", "c.jsonl.zst")) {
            assertFails(name, ErrorKind.CORRUPT, name);
        }
    }

    @Test
    void aFileThatUnpacksToFarMoreThanItsSizeIsRefused() throws Exception {
        Path bomb = folder.resolve("bomb.jsonl.gz");
        byte[] blanks = new byte[1 << 20];
        Arrays.fill(blanks, (byte) '\n');
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(bomb))) {
            for (int i = 0; i < 200; i++) {
                out.write(blanks);
            }
        }

        assertFails("bomb.jsonl.gz", ErrorKind.REFUSED, "looks like a bomb");
    }

    @Test
    void aHeaderOfAMillionColumnsIsRefused() throws Exception {
        Files.writeString(folder.resolve("wide.csv"), "c,".repeat(1_000_000) + "c\n");

        assertFails("wide.csv", ErrorKind.INVALID, "wide.csv is no valid CSV");
    }

    @Test
    void deeplyNestedJsonIsARowError() throws Exception {
        Files.writeString(
                folder.resolve("deep.jsonl"),
                "{\"id\":1}\n{\"id\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}\n");

        assertFails("deep.jsonl", ErrorKind.INVALID, "deep.jsonl line 2: is no valid JSON");
    }

    @Test
    void linesThatNeverEndAreRowErrors() throws Exception {
        Files.writeString(
                folder.resolve("long.jsonl"), "{\"id\":1}\n" + "x".repeat(Lines.MAX_LINE_BYTES + 1) + "\n{\"id\":2}\n");

        CopyReceipt receipt = load(options("long.jsonl").withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors()).containsExactly("long.jsonl line 2: is longer than 33554432 bytes");
        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void marksLineEndsAndQuotesOfOtherProgramsAreUnderstood() throws Exception {
        Files.writeString(
                folder.resolve("a.csv"), "\uFEFFid,name\r\n1,\"a \"\"quoted\"\"\r\nline, with all\"\r\n2,\"\"\r\n");
        Files.writeString(folder.resolve("b.jsonl"), "\uFEFF{\"id\":3}\r\n\r\n{\"id\":4}");

        load(CopyOptions.of(List.of(folder + "/[ab].*")));

        assertThat(column("name")).contains("a \"quoted\"\r\nline, with all");
        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    }

    @Test
    void bytesThatAreNotUtf8AreRowErrorsWithLineAndColumn() throws Exception {
        ByteArrayOutputStream csv = new ByteArrayOutputStream();
        csv.writeBytes("id,name\n1,".getBytes(StandardCharsets.UTF_8));
        csv.write(0xFF);
        csv.writeBytes("\n2,é\n".getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("a.csv"), csv.toByteArray());
        Files.write(folder.resolve("b.jsonl"), new byte[] {'{', (byte) 0xC3, '}', '\n'});

        CopyReceipt receipt = load(
                CopyOptions.of(List.of(folder + "/a.csv", folder + "/b.jsonl")).withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors())
                .containsExactly("a.csv line 2: column 'name' is not UTF-8", "b.jsonl line 1: is not UTF-8");
        assertThat(column("name")).containsExactly("é");
    }

    @Test
    void valuesOutsideOfTheirTypeAreRowErrorsAndNeverRounded() throws Exception {
        List<String> bad = List.of(
                "n,2147483648",
                "n,1.0",
                "n,late",
                "d,1e999",
                "d,0x1p3",
                "d,1d",
                "price,1.005",
                "price,12345678.00",
                "price,1e1000000000",
                "price,1e-1000000000",
                "day,2023-02-29",
                "day,+999999999-01-01",
                "at,2023-01-01",
                "at,+999999-01-01T00:00:00",
                "at,2023-01-01T00:00:00.0000001");
        for (int i = 0; i < bad.size(); i++) {
            String[] pair = bad.get(i).split(",");
            Files.writeString(folder.resolve("bad" + i + ".csv"), pair[0] + "\n" + pair[1] + "\n");

            assertThatThrownBy(load("bad" + i + ".csv"))
                    .as(bad.get(i))
                    .isInstanceOf(TarnException.class)
                    .hasMessageContaining("line 2: column '%s' expects".formatted(pair[0]));
        }
    }

    @Test
    void notANumberAndTheInfinitiesAreTakenInEverySpelling() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "d\nNaN\ninf\n-Infinity\n1.5e3\n");
        Files.writeString(folder.resolve("b.jsonl"), "{\"d\":NaN}\n{\"d\":\"-inf\"}\n{\"d\":Infinity}\n{\"d\":2}\n");

        load(CopyOptions.of(List.of(folder + "/a.csv", folder + "/b.jsonl")));

        assertThat(column("d"))
                .containsExactlyInAnyOrder(
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        1_500.0,
                        Double.NaN,
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        2.0);
    }

    @Test
    void formatsOfDatesAndSeveralNullMarkersCanBeGiven() throws Exception {
        Files.writeString(
                folder.resolve("a.csv"), "id,day,at,name\n1,31.01.2024,31.01.2024 23:59,NULL\n2,30.02.2024,-,x\n");
        CsvLayout layout = new CsvLayout(',', '"', List.of("NULL", "-"), CsvLayout.Header.NAMES);

        CopyReceipt receipt = load(options("a.csv")
                .withCsv(layout)
                .withValues(new ValueFormats(Optional.of("dd.MM.yyyy"), Optional.of("dd.MM.yyyy HH:mm")))
                .withBadRows(BadRows.SKIP_ROW));

        assertThat(column("day")).containsExactly(LocalDate.of(2024, 1, 31));
        assertThat(column("at")).containsExactly(LocalDateTime.of(2024, 1, 31, 23, 59));
        assertThat(column("name")).containsOnlyNulls();
        assertThat(receipt.rowsRejected()).isEqualTo(1);
    }

    @Test
    void filesWithoutHeaderAreMatchedByPositionOrByNumber() throws Exception {
        Files.writeString(folder.resolve("a.tsv"), "1\tAda\n2\tGrace\n");
        Files.writeString(folder.resolve("b.tsv"), "x\t3\n");
        CsvLayout headless = new CsvLayout(',', '"', List.of(""), CsvLayout.Header.NONE);

        load(options("a.tsv").withCsv(headless));
        load(options("b.tsv")
                .withCsv(headless)
                .withMapping(ColumnMapping.DEFAULT.withColumns(Map.of("id", "2", "name", "1"))));

        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(column("name")).containsExactlyInAnyOrder("Ada", "Grace", "x");
    }

    @Test
    void namesCanBeMatchedWhateverTheirCase() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "ID,Name\n1,Ada\n");
        Files.writeString(folder.resolve("b.jsonl"), "{\"Id\":2,\"HOME\":{\"CITY\":\"Rome\"}}\n");
        ColumnMapping anyCase = ColumnMapping.DEFAULT.withBy(ColumnMapping.By.NAME_IGNORING_CASE);

        load(CopyOptions.of(List.of(folder + "/a.csv", folder + "/b.jsonl")).withMapping(anyCase));

        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L);
        Files.writeString(folder.resolve("c.csv"), "ID,Id\n1,2\n");
        assertThatThrownBy(() -> load(options("c.csv").withMapping(anyCase)))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("c.csv has two columns for 'id'");
    }

    @Test
    void chosenColumnsAreLoadedAndTheOthersLeftOut() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "number,who,else\n1,Ada,x\n");
        CopyOptions options = options("a.csv");

        load(options.withMapping(ColumnMapping.DEFAULT.withColumns(Map.of("id", "number", "name", "who"))));

        assertThat(column("name")).containsExactly("Ada");
        assertThatThrownBy(() -> load(options.withMode(CopyMode.ALL_FILES)
                        .withMapping(ColumnMapping.DEFAULT.withColumns(Map.of("id", "numbr")))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("a.csv has no column 'numbr'")
                .hasMessageContaining("number");
    }

    @Test
    void extraColumnsAreRefusedIgnoredOrAdded() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id,score\n1,1.5\n");
        Files.writeString(folder.resolve("b.jsonl"), "{\"id\":2,\"tags\":[\"x\"],\"score\":2}\n");
        CopyOptions both = CopyOptions.of(List.of(folder + "/a.csv", folder + "/b.jsonl"));

        assertThatThrownBy(() -> load(both)).isInstanceOf(TarnException.class).hasMessageContaining("'score'");
        load(both.withMapping(ColumnMapping.DEFAULT.withExtra(ColumnMapping.Extra.IGNORE)));
        assertThat(table.schema().findField("score")).isNull();
        load(both.withMode(CopyMode.ALL_FILES)
                .withMapping(ColumnMapping.DEFAULT.withExtra(ColumnMapping.Extra.EVOLVE)));

        assertThat(table.schema().findType("score")).isEqualTo(Types.DoubleType.get());
        assertThat(column("score")).containsExactlyInAnyOrder(null, null, 1.5, 2.0);
        assertThat(column("tags")).contains(List.of("x"));
    }

    @Test
    void nestedJsonNamesTheFieldThatDoesNotFit() throws Exception {
        Files.writeString(
                folder.resolve("a.jsonl"),
                "{\"home\":{\"city\":\"Rome\",\"zip\":\"x\"}}\n{\"home\":{\"zip\":1}}\n{\"home\":{\"city\":\"x\",\"sip\":1}}\n"
                        + "{\"id\":1,\"id\":2}\n{\"home\":{\"city\":\"Oslo\",\"zip\":1}}\n");

        CopyReceipt receipt = load(options("a.jsonl").withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors())
                .containsExactly(
                        "a.jsonl line 1: column 'home.zip' expects a 32-bit integer",
                        "a.jsonl line 2: column 'home.city' is required but missing or null",
                        "a.jsonl line 3: column 'home' has a field 'sip' that the table lacks",
                        "a.jsonl line 4: is no valid JSON");
        assertThat(receipt.rowsLoaded()).isEqualTo(1);
    }

    @Test
    void aFileWithABadRowIsLeftOutAsAWhole() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id\n1\n");
        Files.writeString(folder.resolve("b.csv"), "id\n2\nx\n3\n");
        Files.writeString(folder.resolve("c.csv.gz"), "no gzip");
        Path rejects = folder.resolve("rejects.jsonl");
        CopyOptions options = CopyOptions.of(List.of(folder + "/*.csv*"))
                .withBadRows(BadRows.SKIP_FILE.withRejects(rejects, BadRows.Content.LEFT_OUT));

        CopyReceipt receipt = load(options);

        assertThat(receipt.filesLoaded()).isEqualTo(1);
        assertThat(receipt.filesRejected()).isEqualTo(2);
        assertThat(column("id")).containsExactly(1L);
        assertThat(Files.readAllLines(rejects)).hasSize(2);
        assertThat(Files.readAllLines(rejects).get(0))
                .contains("b.csv\",\"line\":3,\"column\":\"id\",\"reason\":\"expects a 64-bit integer\"}");
        Files.writeString(folder.resolve("b.csv"), "id\n2\n3\n");
        assertThat(load(options).filesLoaded()).isEqualTo(1);
        assertThat(column("id")).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void tooManyBadRowsEndTheLoad() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id\n1\nx\ny\nz\n");

        assertThat(load(options("a.csv")
                                .withBadRows(BadRows.SKIP_ROW.withMaxErrors(3))
                                .withMode(CopyMode.VALIDATE_ONLY))
                        .rowsRejected())
                .isEqualTo(3);
        assertThatThrownBy(() -> load(options("a.csv").withBadRows(BadRows.SKIP_ROW.withMaxErrors(2))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("More than 2 rows do not fit, so nothing was loaded");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    @Test
    void aValidationReportsTheErrorsOfAllFilesUpToALimit() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id\nx\n1\ny\n");
        Files.writeString(folder.resolve("b.csv"), "idd\n1\n");
        Files.writeString(folder.resolve("c.csv"), "id\nz\n");
        CopyOptions options = CopyOptions.of(List.of(folder + "/*.csv")).withMode(CopyMode.VALIDATE_ONLY);

        CopyReceipt all = load(options);
        CopyReceipt some = load(options.withBadRows(BadRows.ABORT.withMaxErrors(1)));

        assertThat(all.firstErrors()).hasSize(4).last().asString().startsWith("c.csv line 2");
        assertThat(all.filesRejected()).isEqualTo(3);
        assertThat(some.firstErrors()).hasSize(1);
        assertThat(table.currentSnapshot()).isNull();
    }

    @Test
    void rejectsHoldRowsOnlyIfTheyMay() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "id,name\nsecret,x\n");
        Path rejects = folder.resolve("rejects.jsonl");

        load(options("a.csv").withBadRows(BadRows.SKIP_ROW.withRejects(rejects, BadRows.Content.LEFT_OUT)));
        String without = Files.readString(rejects);
        load(options("a.csv").withBadRows(BadRows.SKIP_ROW.withRejects(rejects, BadRows.Content.INCLUDED)));

        assertThat(without).contains("\"line\":2").doesNotContain("secret");
        assertThat(Files.readString(rejects)).contains("\"data\":\"secret,x\"");
    }

    @Test
    void schemasAreInferredFromASampleOfAllFiles() throws Exception {
        Files.writeString(folder.resolve("a.csv"), "n,code,late\n1,007,\n2,8,\n");
        Files.writeString(folder.resolve("b.csv"), "n,more,late\n1.5,2024-01-31T10:00:00Z,true\n");
        Files.writeString(folder.resolve("c.jsonl"), "{\"n\":1,\"o\":{\"x\":[1,2.5]}}\n{\"o\":{\"y\":null}}\n");

        Schema schema = CopyInto.inferSchema(CopyOptions.of(List.of(folder + "/*.*s*")));

        assertThat(schema.columns())
                .extracting(column -> column.name() + " " + column.type())
                .containsExactly(
                        "n double",
                        "code string",
                        "late boolean",
                        "more timestamptz",
                        "o struct<6: x: optional list<double>, 8: y: optional string>");
    }

    @Test
    void globsMatchAcrossFoldersAndRefusePatternsThatAreNone() throws Exception {
        Files.createDirectories(folder.resolve("in/x/y"));
        Files.writeString(folder.resolve("in/1.csv"), "id\n1\n");
        Files.writeString(folder.resolve("in/x/2.csv"), "id\n2\n");
        Files.writeString(folder.resolve("in/x/y/3.csv"), "id\n3\n");
        Files.writeString(folder.resolve("in/x/y/.4.csv"), "id\n4\n");

        assertThat(load(CopyOptions.of(List.of(folder + "/in/*.csv"))).filesLoaded())
                .isEqualTo(1);
        assertThat(load(CopyOptions.of(List.of(folder + "/in/?/[1-2].csv"))).filesLoaded())
                .isEqualTo(1);
        assertThat(load(CopyOptions.of(List.of(folder + "/in/**.csv"))).filesLoaded())
                .isEqualTo(1);
        Files.writeString(folder.resolve("in/_SUCCESS"), "");
        assertThat(load(CopyOptions.of(List.of(folder + "/in"))).filesSkipped()).isEqualTo(1);
        assertThatThrownBy(() -> load(CopyOptions.of(List.of(folder + "/in/[a.csv"))))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("is no pattern");
    }

    private ThrowingCallable load(String name) {
        return () -> load(options(name));
    }

    private void assertFails(String name, ErrorKind kind, String message) {
        assertThatThrownBy(load(name))
                .as(name)
                .isInstanceOfSatisfying(
                        TarnException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind))
                .hasMessageContaining(message);
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    private CopyOptions options(String name) {
        return CopyOptions.of(List.of(folder.resolve(name).toString()));
    }

    private CopyReceipt load(CopyOptions options) {
        return CopyInto.run(table, options, CopyProgress.NONE);
    }

    private List<Object> column(String name) {
        return TestCatalog.rows(table).stream().map(row -> row.getField(name)).collect(Collectors.toList());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
