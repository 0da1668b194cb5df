package dev.tarn.catalog.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.WarehouseRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database with a warehouse {@code w} in it that holds the namespace {@code db}. */
abstract class StoreTest {
    static final List<String> DB = List.of("db");
    static final AuditRecord AUDIT = new AuditRecord("p", "test", "thing", "allowed", Instant.EPOCH, Map.of("a", "b"));

    Path folder;
    CatalogDatabase database;
    CatalogStore store;

    /** Opens the database of a folder, again if it was closed. */
    abstract CatalogDatabase open(Path folder);

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        database = open(folder);
        store = database.warehouse("w");
        assertThat(database.warehouses().create(warehouse("w"), AUDIT)).isEqualTo(CommitOutcome.APPLIED);
        assertThat(commit(new Change.CreateNamespace(DB, Map.of("a", "b")))).isEqualTo(CommitOutcome.APPLIED);
    }

    @AfterEach
    void stop() {
        database.close();
    }

    void reopen() {
        database.close();
        database = open(folder);
        store = database.warehouse("w");
    }

    CommitOutcome commit(Change... changes) {
        return commit(store, changes);
    }

    static CommitOutcome commit(CatalogStore store, Change... changes) {
        return store.commit(new StoreTransaction(List.of(changes), List.of(), Optional.empty()));
    }

    ObjectRecord byId(String id) {
        return store.findObjectById(id).orElseThrow();
    }

    static WarehouseRecord warehouse(String id) {
        return new WarehouseRecord(id, "name of " + id, "s3://b", Map.of("k", "v"), true, 1);
    }

    static Change create(String id, String name) {
        return create(id, name, "s3://b/" + id);
    }

    static Change create(String id, String name, String location) {
        return new Change.CreateObject(id, DB, name, ObjectKind.TABLE, "v1", location);
    }

    static Change replace(String id, long version, String metadataLocation) {
        return new Change.ReplaceObject(id, version, metadataLocation, "s3://b/" + id);
    }

    /** An event that names a version of an object. */
    static CatalogEvent event(String id, String metadataLocation) {
        return new CatalogEvent(
                "commit-table",
                DB,
                id,
                Optional.of(ObjectKind.TABLE),
                id,
                metadataLocation,
                "before",
                "{\"a\":1}",
                "p",
                Instant.ofEpochMilli(7));
    }

    /** Runs all at once and gives their results in order. */
    static <T> List<T> together(List<Callable<T>> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(work.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(work)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
