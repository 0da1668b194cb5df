package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.RowSelection;
import dev.tarn.writer.ingest.WriteGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BadChangesTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()),
            Types.NestedField.optional(3, "x", Types.DoubleType.get()));

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
    void badKeyColumnsAreRefusedByName() {
        Ingest ingest = Ingest.into(create(3), IngestOptions.defaults());

        assertRefused(() -> ingest.upsertMaps(rows(1), List.of()), ErrorKind.INVALID, "at least one key column");
        assertRefused(
                () -> ingest.upsertMaps(rows(1), List.of("idd")), ErrorKind.INVALID, "no column 'idd', did you mean");
        assertRefused(() -> ingest.upsertMaps(rows(1), List.of("id", "id")), ErrorKind.INVALID, "'id' is named twice");
        assertRefused(() -> ingest.upsertMaps(rows(1), List.of("x")), ErrorKind.INVALID, "'x' of type double");
    }

    @Test
    void aTableOfVersionOneTakesCopyOnWriteOnly() {
        Table table = create(1);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(3));

        for (RowDeletes way : List.of(RowDeletes.POSITIONS, RowDeletes.EQUALITY)) {
            assertRefused(
                    () -> Ingest.into(table, IngestOptions.defaults().withRowDeletes(way))
                            .upsertMaps(rows(1), List.of("id")),
                    ErrorKind.UNSUPPORTED,
                    "format version 1");
        }
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.COPY_ON_WRITE))
                .upsertMaps(rows(1), List.of("id"));
        assertThat(TestCatalog.rows(table)).hasSize(3);
    }

    @Test
    void equalityDeletesAreForKeysOnly() {
        Table table = create(3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.EQUALITY));

        assertRefused(
                () -> ingest.deleteWhere(Expressions.equal("id", 1L)),
                ErrorKind.UNSUPPORTED,
                "cannot be removed by equality deletes");
    }

    @Test
    void equalityDeletesAreRefusedWhereTheKeyDoesNotTellThePartition() {
        Table table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).identity("v").build(), 2);

        assertRefused(
                () -> Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.EQUALITY))
                        .upsertMaps(rows(1), List.of("id")),
                ErrorKind.INVALID,
                "partitioned by 'v', which is no key column");
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    @Test
    void rowsThatDoNotMatchTheReplacedFilterAreRefused() throws Exception {
        Table table = create(3);
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(rows(4));

        assertRefused(
                () -> ingest.overwriteMaps(rows(4), Expressions.lessThan("id", 2L)),
                ErrorKind.INVALID,
                "Row 2 of the batch does not match the filter");

        assertThat(TestCatalog.rows(table)).hasSize(4);
        assertThat(dataFiles()).isEqualTo(1);
    }

    @Test
    void moreKeysThanTheBudgetAllowsAreRefused() throws Exception {
        Table table = create(3);
        IngestOptions options = IngestOptions.defaults().withMemoryBudget(DataSize.ofMegabytes(2));

        assertRefused(
                () -> Ingest.into(table, options).upsertMaps(rows(100_000), List.of("id")),
                ErrorKind.REFUSED,
                "split it or raise the budget");
        assertThat(dataFiles()).isZero();
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void aTableThatWasReplacedMeanwhileIsLeftAlone(RowDeletes way) throws Exception {
        Table table = create(3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(2));
        IngestOptions options = beforeCommit(way, () -> {
            catalog.drop("t");
            create(3);
        });

        assertRefused(
                () -> Ingest.into(table, options).upsertMaps(rows(1), List.of("id")), ErrorKind.CONFLICT, "replaced");
        assertThat(TestCatalog.rows(catalog.load("t"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void aTableThatWasDroppedMeanwhileIsNotFound(RowDeletes way) {
        Table table = create(3);
        IngestOptions options = beforeCommit(way, () -> catalog.drop("t"));

        assertRefused(
                () -> Ingest.into(table, options).upsertMaps(rows(1), List.of("id")), ErrorKind.NOT_FOUND, "dropped");
    }

    @Test
    void aKeyColumnThatWasRenamedMeanwhileIsAConflict() {
        Table table = create(3);
        IngestOptions options = beforeCommit(
                RowDeletes.POSITIONS,
                () -> catalog.load("t").updateSchema().renameColumn("id", "key").commit());

        assertRefused(
                () -> Ingest.into(table, options).upsertMaps(rows(1), List.of("id")),
                ErrorKind.CONFLICT,
                "changed its key column 'id'");
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void aColumnThatWasAddedMeanwhileDoesNotMatter(RowDeletes way) {
        Table table = create(3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(2));
        IngestOptions options = beforeCommit(
                way,
                () -> catalog.load("t")
                        .updateSchema()
                        .addColumn("late", Types.StringType.get())
                        .commit());

        Ingest.into(table, options).upsertMaps(rows(1), List.of("id"));

        assertThat(TestCatalog.rows(table)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void aCallThatFailsLeavesNoFile(RowDeletes way) throws Exception {
        Table table = create(3);
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(10));
        IngestOptions options = beforeCommit(way, () -> {
            throw new TarnException(ErrorKind.INVALID, "not these rows");
        });

        assertRefused(
                () -> Ingest.into(table, options).upsertMaps(rows(5), List.of("id")), ErrorKind.INVALID, "not these");
        assertThat(dataFiles()).isEqualTo(1);
    }

    private Table create(int version) {
        return catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), version);
    }

    private long dataFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet")
                            || file.toString().endsWith(".puffin"))
                    .count();
        }
    }

    /** Options under which something happens when all files are written and none is committed. */
    private static IngestOptions beforeCommit(RowDeletes way, Runnable event) {
        return IngestOptions.defaults().withRowDeletes(way).withGates(List.of(table -> new WriteGate() {
            @Override
            public RowSelection admit(RowSelection rows) {
                return rows;
            }

            @Override
            public void beforeCommit(List<org.apache.iceberg.DataFile> files) {
                event.run();
            }
        }));
    }

    private static void assertRefused(ThrowingCallable call, ErrorKind kind, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private static List<Map<String, Object>> rows(int count) {
        return LongStream.range(0, count)
                .mapToObj(id -> Map.<String, Object>of("id", id, "v", "v" + id, "x", 1.5))
                .toList();
    }
}
