package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.tasks.TaskHandler;
import dev.tarn.catalog.tasks.TaskProgress;
import dev.tarn.catalog.warehouse.OpenWarehouse;
import dev.tarn.catalog.warehouse.OpenWarehouses;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.NotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of a table that was dropped with purge, then forgets the table. Its row and with it its name's place
 * among locations stay until the last file is gone, so that no other object can move in meanwhile. Thread-safe.
 */
public final class PurgeTask implements TaskHandler {
    /** The kind of the tasks. */
    public static final String KIND = "purge-table";

    private static final Logger LOG = LoggerFactory.getLogger(PurgeTask.class);

    /** How soon to look again at a warehouse that takes no requests. */
    private static final Duration INACTIVE_PAUSE = Duration.ofMinutes(5);

    private final OpenWarehouses warehouses;
    private final TaskStore tasks;
    private final References references;
    private final DeleteRate rate;
    private final ExecutorService readers;
    private final Clock clock;

    /**
     * Purges of all warehouses.
     *
     * @param tasks tells which other tables are being purged
     * @param readers threads that read what other objects need; stay the caller's
     */
    public PurgeTask(
            OpenWarehouses warehouses, TaskStore tasks, PurgeLimits limits, ExecutorService readers, Clock clock) {
        this.warehouses = warehouses;
        this.tasks = tasks;
        this.references = new References(limits.referenceMemory());
        this.rate = new DeleteRate(limits.maxDeletesPerSecond());
        this.readers = readers;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public void run(TaskRecord task, TaskProgress progress) {
        Optional<OpenWarehouse> found = warehouses.acquireById(task.warehouseId());
        if (found.isEmpty()) {
            LOG.warn("Warehouse {} is gone: the files of task {} stay", task.warehouseId(), task.id());
            return;
        }
        try (OpenWarehouse warehouse = found.get()) {
            DroppedObjects.refuseInactive(warehouse, clock.instant().plus(INACTIVE_PAUSE));
            Optional<ObjectRecord> table = DroppedObjects.due(warehouse.store(), task, clock.instant());
            if (table.isPresent()) {
                purge(task, table.get(), warehouse, progress);
            }
        }
    }

    private void purge(TaskRecord task, ObjectRecord table, OpenWarehouse warehouse, TaskProgress progress) {
        PurgeCursor cursor = PurgeCursor.parse(task.cursor());
        if (cursor.isBefore(PurgeCursor.Phase.DATA)) {
            // A new version of the row for every attempt that may be the one to begin: whoever read the row before it,
            // and
            // then no cursor that says so, is stale.
            progress.check();
            claim(table, warehouse.store());
        }
        String result = deleteFiles(table, warehouse, cursor, progress);
        forget(table.id(), warehouse.store(), result);
        LOG.info("Purged table {}.{}: {}", String.join(".", table.namespace()), table.name(), result);
    }

    private static void claim(ObjectRecord table, CatalogStore store) {
        CommitOutcome outcome = store.commit(new StoreTransaction(
                List.of(new Change.BeginPurge(table.id(), table.version())), List.of(), Optional.empty()));
        if (outcome != CommitOutcome.APPLIED) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "Table %s was changed at the moment of its purge".formatted(table.name()));
        }
    }

    /** What was deleted and what was not, as a small JSON object. */
    private String deleteFiles(ObjectRecord table, OpenWarehouse warehouse, PurgeCursor cursor, TaskProgress progress) {
        TableReader reader = new TableReader(warehouse.io());
        TableMetadata metadata;
        try {
            metadata = reader.metadata(table.metadataLocation());
        } catch (NotFoundException e) {
            if (cursor.phase() == PurgeCursor.Phase.METADATA) {
                return "{}"; // The attempt before came to its end, but could not say so any more.
            }
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    ("The metadata file %s is missing, so that nobody can tell which files the table has; nothing is"
                                    + " deleted")
                            .formatted(table.metadataLocation()),
                    e);
        }
        if (!metadata.propertyAsBoolean(TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
            return "{\"kept-since\":\"%s=false\"}".formatted(TableProperties.GC_ENABLED);
        }
        TableFolders own = ownFolders(table, metadata, warehouse);
        NeededFiles needed = new NeededFiles(new NeededFiles.Scope(
                table.id(),
                own,
                warehouse.store(),
                references,
                warehouse.io(),
                readers,
                other -> DroppedObjects.isBeingPurged(tasks, other),
                warehouse.policies().checkReferences(),
                progress::check));
        needed.refresh();
        Deletions deletions = new Deletions(warehouse.io(), own, needed, rate, progress);
        Instant droppedAt = table.deletedAt().orElseThrow();
        new TableFiles(metadata, table.metadataLocation(), own, reader, warehouse.io())
                .deleteAll(deletions, needed, cursor, progress, droppedAt);
        return "{\"deleted\":%d,\"kept-for-others\":%d,\"kept-outside\":%d}"
                .formatted(deletions.deleted(), deletions.kept(), deletions.outside());
    }

    /** The location, and folders that properties name if they lie in the warehouse and are no other object's. */
    private static TableFolders ownFolders(ObjectRecord table, TableMetadata metadata, OpenWarehouse warehouse) {
        String root = FileSpelling.folder(warehouse.location().value());
        return TableFolders.owned(
                metadata,
                folder -> FileSpelling.isPlain(folder)
                        && folder.startsWith(root)
                        && !folder.equals(root)
                        && warehouse.store().overlapping(folder, 2).stream()
                                .allMatch(other -> other.id().equals(table.id())));
    }

    private void forget(String id, CatalogStore store, String result) {
        Optional<ObjectRecord> row = store.findObjectById(id);
        if (row.isEmpty()) {
            return;
        }
        ObjectRecord table = row.get();
        CatalogEvent event = DroppedObjects.event("purge-table", table, result, clock.instant());
        CommitOutcome outcome = store.commit(new StoreTransaction(
                List.of(new Change.DropObject(id, table.version())), List.of(event), Optional.empty()));
        if (outcome != CommitOutcome.APPLIED) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "Table %s was changed at the end of its purge".formatted(table.name()));
        }
    }
}
