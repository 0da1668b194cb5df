package dev.tarn.writer.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that happen although the catalog answers with a conflict, as when a client repeats a request by itself. */
class LandedCommitsTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()));

    @TempDir
    private Path folder;

    private TestCatalog catalog;
    private Table table;
    private final AtomicBoolean lies = new AtomicBoolean();

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        Table real = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        table = new BaseTable(new Lying(((HasTableOperations) real).operations()), real.name());
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(1, 2, 3));
        lies.set(true);
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    void anUpsertThatLandedIsDoneOnceAndItsManifestsStay() {
        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults()).upsertMaps(rows(2, 3, 4), List.of("id"));

        assertThat(receipt.rowsDeleted()).isEqualTo(2);
        assertThat(TestCatalog.rows(catalog.load("t"))).hasSize(4);
        assertThat(catalog.load("t").history()).hasSize(2);
    }

    @Test
    void anUpsertWithATokenThatLandedIsDoneOnceAndItsManifestsStay() {
        ProducerToken token = new ProducerToken("p", 0, 1);
        IngestOptions once = IngestOptions.defaults().withToken(token);

        Ingest.into(table, once).upsertMaps(rows(2, 3, 4), List.of("id"));
        IngestReceipt again = Ingest.into(table, once).upsertMaps(rows(2, 3, 4), List.of("id"));

        assertThat(again.alreadyCommitted()).isTrue();
        assertThat(TestCatalog.rows(catalog.load("t"))).hasSize(4);
        assertThat(catalog.load("t").history()).hasSize(2);
    }

    @Test
    void aDeleteThatLandedIsDoneOnceAndItsManifestsStay() {
        Ingest.into(table, IngestOptions.defaults()).deleteWhere(Expressions.equal("id", 2L));

        assertThat(TestCatalog.rows(catalog.load("t"))).hasSize(2);
        assertThat(catalog.load("t").history()).hasSize(2);
    }

    @Test
    void anAppendThatLandedIsDoneOnce() {
        Ingest.into(table, IngestOptions.defaults()).appendMaps(rows(4));

        assertThat(TestCatalog.rows(catalog.load("t"))).hasSize(4);
        assertThat(catalog.load("t").history()).hasSize(2);
    }

    private static List<Map<String, Object>> rows(long... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> Map.<String, Object>of("id", id, "name", "name-" + id))
                .toList();
    }

    /** Commits, and answers the first time that there was a conflict. */
    private final class Lying implements TableOperations {
        private final TableOperations operations;

        Lying(TableOperations operations) {
            this.operations = operations;
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            operations.commit(base, metadata);
            if (lies.getAndSet(false)) {
                throw new CommitFailedException("409 for a request that was repeated on its way");
            }
        }

        @Override
        public TableMetadata current() {
            return operations.current();
        }

        @Override
        public TableMetadata refresh() {
            return operations.refresh();
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
            return operations.locationProvider();
        }

        @Override
        public TableOperations temp(TableMetadata uncommitted) {
            return operations.temp(uncommitted);
        }
    }
}
