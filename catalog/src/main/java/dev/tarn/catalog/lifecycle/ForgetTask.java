package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.tasks.TaskHandler;
import dev.tarn.catalog.tasks.TaskProgress;
import dev.tarn.catalog.warehouse.OpenWarehouse;
import dev.tarn.catalog.warehouse.OpenWarehouses;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Forgets an object that was dropped without purge once it can no longer be brought back; its files stay. Thread-safe.
 */
public final class ForgetTask implements TaskHandler {
    /** The kind of the tasks. */
    public static final String KIND = "forget-object";

    private static final Duration INACTIVE_PAUSE = Duration.ofMinutes(5);

    private final OpenWarehouses warehouses;
    private final Clock clock;

    /** Forgets objects of all warehouses. */
    public ForgetTask(OpenWarehouses warehouses, Clock clock) {
        this.warehouses = warehouses;
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
            return;
        }
        try (OpenWarehouse warehouse = found.get()) {
            DroppedObjects.refuseInactive(warehouse, clock.instant().plus(INACTIVE_PAUSE));
            Optional<ObjectRecord> object = DroppedObjects.due(warehouse.store(), task, clock.instant());
            if (object.isPresent()) {
                progress.check();
                forget(object.get(), warehouse);
            }
        }
    }

    private void forget(ObjectRecord object, OpenWarehouse warehouse) {
        CommitOutcome outcome = warehouse
                .store()
                .commit(new StoreTransaction(
                        List.of(new Change.DropObject(object.id(), object.version())),
                        List.of(DroppedObjects.event("forget-object", object, "{}", clock.instant())),
                        Optional.empty()));
        if (outcome != CommitOutcome.APPLIED) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "%s was changed when its retention ended".formatted(object.name()));
        }
    }
}
