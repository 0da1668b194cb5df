package dev.tarn.catalog.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.tasks.TaskPostponedException;
import dev.tarn.catalog.warehouse.OpenWarehouse;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What the tasks at the end of an object's life have in common. Pure functions over the store. */
public final class DroppedObjects {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Tasks act for whoever dropped the object, long after that request. */
    private static final String PRINCIPAL = "tarn";

    private DroppedObjects() {}

    /** The id of the one task at the end of an object's life. */
    public static String taskId(String kind, String objectId) {
        return kind + "-" + objectId;
    }

    /** The task that ends the life of an object that is dropped. */
    public static TaskRecord task(String kind, String warehouseId, ObjectRecord object, Instant dueAt) {
        try {
            String payload = JSON.writeValueAsString(Map.of(
                    "object-id", object.id(),
                    "metadata-location", object.metadataLocation(),
                    "location", object.location()));
            return TaskRecord.fresh(taskId(kind, object.id()), warehouseId, kind, payload, dueAt);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts can always be written as JSON", e);
        }
    }

    /**
     * The object of a task if its time has come; absent if it is gone or was brought back, and nothing is left to do.
     *
     * @throws TaskPostponedException if its time has not come
     */
    static Optional<ObjectRecord> due(CatalogStore store, TaskRecord task, Instant now) {
        Optional<ObjectRecord> found = store.findObjectById(objectId(task))
                .filter(object -> object.deletedAt().isPresent());
        found.flatMap(ObjectRecord::purgeAfter).filter(now::isBefore).ifPresent(dueAt -> {
            throw new TaskPostponedException("The object can still be brought back", dueAt);
        });
        return found;
    }

    /** Whether a task has begun to delete files, so that the object cannot be brought back any more. */
    public static boolean isBegun(TaskRecord task) {
        return task.kind().equals(PurgeTask.KIND)
                && !PurgeCursor.parse(task.cursor()).isBefore(PurgeCursor.Phase.DATA);
    }

    static boolean isBeingPurged(TaskStore tasks, ObjectRecord object) {
        return object.deletedAt().isPresent()
                && tasks.find(taskId(PurgeTask.KIND, object.id()))
                        .filter(DroppedObjects::isBegun)
                        .isPresent();
    }

    static void refuseInactive(OpenWarehouse warehouse, Instant next) {
        if (!warehouse.record().active()) {
            throw new TaskPostponedException(
                    "Warehouse '%s' is not active; activate it to go on"
                            .formatted(warehouse.record().name()),
                    next);
        }
    }

    static CatalogEvent event(String operation, ObjectRecord object, String details, Instant at) {
        return new CatalogEvent(
                operation,
                object.namespace(),
                object.name(),
                Optional.of(object.kind()),
                object.id(),
                "",
                object.metadataLocation(),
                details,
                PRINCIPAL,
                at);
    }

    private static String objectId(TaskRecord task) {
        try {
            return JSON.readTree(task.payload()).path("object-id").asText();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The payload of task " + task.id() + " is not JSON", e);
        }
    }
}
