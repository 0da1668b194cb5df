package dev.tarn.writer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestOverwriteTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "n", Types.IntegerType.get()));

    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();
    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
        table = catalog.create(
                "t", SCHEMA, PartitionSpec.builderFor(SCHEMA).identity("n").build(), 3);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
        allocator.close();
    }

    @Test
    void overwriteReplacesTheWholeTable() throws Exception {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(Map.of("id", 1L, "n", 1), Map.of("id", 2L, "n", 2)));

        IngestReceipt receipt;
        try (ArrowStreamReader batches = batches("n", 7L, 3)) {
            receipt = ingest.overwrite(batches);
        }

        assertThat(receipt.rowsDeleted()).isEqualTo(2);
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactly(7L);
    }

    @Test
    void overwritePartitionsLeavesOtherPartitions() throws Exception {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults());
        ingest.appendMaps(List.of(Map.of("id", 1L, "n", 1), Map.of("id", 2L, "n", 2)));

        try (ArrowStreamReader batches = batches("n", 7L, 2)) {
            ingest.overwritePartitions(batches);
        }

        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactlyInAnyOrder(1L, 7L);
    }

    @Test
    void unknownColumnsAreRefusedWhileTheSchemaIsFrozen() throws Exception {
        try (ArrowStreamReader batches = batches("m", 7L, 2)) {
            assertThatThrownBy(
                            () -> Ingest.into(table, IngestOptions.defaults()).append(batches))
                    .hasMessageContaining("no column 'm'");
        }
    }

    @Test
    void unknownColumnsAreAddedWhenTheSchemaMayEvolve() throws Exception {
        try (ArrowStreamReader batches = batches("m", 7L, 2)) {
            Ingest.into(table, IngestOptions.defaults().withEvolution(SchemaEvolution.EVOLVE))
                    .append(batches);
        }

        assertThat(TestCatalog.rows(table)).extracting(row -> row.getField("m")).containsExactly(2);
    }

    @Test
    void wholeFilesAreDeletedFromVersionOneTables() {
        Table old = catalog.create(
                "v1", SCHEMA, PartitionSpec.builderFor(SCHEMA).identity("n").build(), 1);
        Ingest ingest = Ingest.into(old, IngestOptions.defaults());
        ingest.appendMaps(List.of(Map.of("id", 1L, "n", 1), Map.of("id", 2L, "n", 2), Map.of("id", 3L, "n", 2)));

        ingest.deleteWhere(Expressions.equal("n", 1));

        assertThat(TestCatalog.rows(old)).hasSize(2);
        assertThatThrownBy(() -> ingest.deleteWhere(Expressions.equal("id", 2L)))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED));
    }

    @Test
    void aBranchMustExist() {
        Ingest ingest = Ingest.into(table, IngestOptions.defaults().withBranch("audit"));

        assertThatThrownBy(() -> ingest.appendMaps(List.of(Map.of("id", 1L))))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessageContaining("audit");
    }

    @Test
    void aLostAnswerToACommitThatHappenedIsASuccess() {
        Table faulty = withLostAnswers(Fault.AFTER_COMMIT);

        IngestReceipt receipt = Ingest.into(faulty, IngestOptions.defaults()).appendMaps(List.of(Map.of("id", 1L)));

        assertThat(receipt.snapshotId()).isPresent();
        assertThat(TestCatalog.rows(table)).hasSize(1);
    }

    @Test
    void anUnknownOutcomeKeepsTheFiles() throws Exception {
        Table faulty = withLostAnswers(Fault.BEFORE_COMMIT);

        assertThatThrownBy(() -> Ingest.into(faulty, IngestOptions.defaults()).appendMaps(List.of(Map.of("id", 1L))))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME));

        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .hasSize(1);
        }
    }

    private enum Fault {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    private Table withLostAnswers(Fault fault) {
        return new BaseTable(new LostAnswers(((BaseTable) table).operations(), fault), "t");
    }

    /** Table operations whose commits lose their answer, with or without having happened. */
    private record LostAnswers(TableOperations operations, Fault fault) implements TableOperations {
        @Override
        public TableMetadata current() {
            return operations.current();
        }

        @Override
        public TableMetadata refresh() {
            return operations.refresh();
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            if (fault == Fault.AFTER_COMMIT) {
                operations.commit(base, metadata);
            }
            throw new CommitStateUnknownException(new IOException("connection reset"));
        }

        @Override
        public FileIO io() {
            return operations.io();
        }

        @Override
        public String metadataFileLocation(String fileName) {
            return operations.metadataFileLocation(fileName);
        }

        @Override
        public LocationProvider locationProvider() {
            return LocationProviders.locationsFor(
                    current().location(), current().properties());
        }
    }

    private ArrowStreamReader batches(String column, long id, int value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BigIntVector ids = new BigIntVector("id", allocator);
                IntVector values = new IntVector(column, allocator)) {
            ids.setSafe(0, id);
            values.setSafe(0, value);
            ids.setValueCount(1);
            values.setValueCount(1);
            try (VectorSchemaRoot root = VectorSchemaRoot.of(ids, values);
                    ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
                writer.start();
                writer.writeBatch();
            }
        }
        return new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator);
    }
}
