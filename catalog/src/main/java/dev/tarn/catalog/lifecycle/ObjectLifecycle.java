package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.commit.KeyTakenException;
import dev.tarn.catalog.commit.Mutation;
import dev.tarn.catalog.commit.Protection;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.catalog.store.TaskRecord;
import dev.tarn.catalog.store.TaskStore;
import dev.tarn.catalog.warehouse.WarehousePolicies;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;

/**
 * Drops, brings back and protects the tables and views of one warehouse. Thread-safe. Owns nothing it is given.
 *
 * <p>A drop is final, and the files stay, unless the policy of the warehouse or the client wants it otherwise. With a
 * retention the object only leaves its namespace, and a task forgets it later. With purge it leaves its namespace too, and
 * a task deletes its files after the retention or grace, and forgets it when the last file is gone.
 */
public final class ObjectLifecycle {
    /** Rounds after lost races with commits to the same object. */
    private static final int MAX_ROUNDS = 8;

    private final CatalogStore store;
    private final TaskStore tasks;
    private final String warehouseId;
    private final WarehousePolicies policies;
    private final Runnable wakeUp;

    /**
     * The life cycle of the objects of one warehouse.
     *
     * @param wakeUp called after a task was added that is due at once
     */
    public ObjectLifecycle(
            CatalogStore store, TaskStore tasks, String warehouseId, WarehousePolicies policies, Runnable wakeUp) {
        this.store = store;
        this.tasks = tasks;
        this.warehouseId = warehouseId;
        this.policies = policies;
        this.wakeUp = wakeUp;
    }

    /** What becomes of the files of a dropped object. */
    public enum Files {
        /** They stay where they are. */
        KEEP,
        /** Those of a table are deleted, after the retention or grace of the warehouse. A view has none. */
        PURGE
    }

    /**
     * Drops an object.
     *
     * @throws NoSuchTableException or {@link NoSuchViewException} if it does not exist
     * @throws ForbiddenException if it is protected
     */
    public StoredReply drop(ObjectName name, ObjectKind kind, Files files, Mutation mutation) {
        StoredReply reply = StoredReply.empty();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord current =
                    store.findObject(name.namespace(), name.name(), kind).orElseThrow(() -> missing(name, kind));
            Protection.refuse(current, name);
            List<Change> changes = dropChanges(current, files, mutation.at());
            CommitOutcome outcome = store.commit(new StoreTransaction(
                    changes, List.of(event("drop", current, mutation, details(changes))), mutation.finished(reply)));
            if (isDone(outcome, name)) {
                wakeUp.run();
                return reply;
            }
        }
        throw contended(name);
    }

    /**
     * Brings an object back that was dropped softly.
     *
     * @param name under which name; absent for its old one
     * @param reply what to answer, given the object as it will be
     * @throws TarnException NOT_FOUND if no such object waits, CONFLICT if its files are being deleted
     * @throws AlreadyExistsException if the name is in use
     * @throws NoSuchNamespaceException if the namespace does not exist any more
     */
    public StoredReply undrop(
            String id, Optional<ObjectName> name, Function<ObjectRecord, StoredReply> reply, Mutation mutation) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            // First the row and then the task: a purge claims them in the other order.
            ObjectRecord object = store.findObjectById(id)
                    .filter(found -> found.deletedAt().isPresent())
                    .orElseThrow(() -> new TarnException(
                            ErrorKind.NOT_FOUND,
                            "No dropped object '%s' waits to be brought back; 'tarn table deleted' lists those that do"
                                    .formatted(id)));
            Optional<TaskRecord> task = task(id);
            refuseBegun(object, task);
            ObjectName target = name.orElseGet(() -> new ObjectName(object.namespace(), object.name()));
            StoredReply answer = reply.apply(live(object, target, object.version() + 1));
            List<Change> changes = new ArrayList<>();
            changes.add(new Change.UndropObject(id, object.version(), target.namespace(), target.name()));
            task.ifPresent(found -> changes.add(new Change.CancelTask(found.id())));
            CommitOutcome outcome = store.commit(new StoreTransaction(
                    changes,
                    List.of(event("undrop", live(object, target, 0), mutation, CatalogEvent.NO_DETAILS)),
                    mutation.finished(answer)));
            if (isDone(outcome, target)) {
                return answer;
            }
        }
        throw new CommitFailedException("Object %s is being deleted or changed by others; look again", id);
    }

    /**
     * Says whether a live object must not be dropped.
     *
     * @param expectedVersion the version that the caller saw; absent for any
     * @param reply what to answer, given the object as it will be
     * @throws TarnException NOT_FOUND if there is no such live object
     * @throws CommitFailedException if it has another version
     */
    public StoredReply protect(
            String id,
            boolean isProtected,
            OptionalLong expectedVersion,
            Function<ObjectRecord, StoredReply> reply,
            Mutation mutation) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord object = store.findObjectById(id)
                    .filter(found -> found.deletedAt().isEmpty())
                    .orElseThrow(
                            () -> new TarnException(ErrorKind.NOT_FOUND, "Object '%s' does not exist".formatted(id)));
            ObjectName name = new ObjectName(object.namespace(), object.name());
            if (expectedVersion.isPresent() && expectedVersion.getAsLong() != object.version()) {
                throw new CommitFailedException(
                        "%s has version %s but %s was expected; look again",
                        name, object.version(), expectedVersion.getAsLong());
            }
            StoredReply answer = reply.apply(protectedAs(object, isProtected));
            boolean changes = object.isProtected() != isProtected;
            CommitOutcome outcome = store.commit(new StoreTransaction(
                    changes ? List.of(new Change.ProtectObject(id, object.version(), isProtected)) : List.of(),
                    changes
                            ? List.of(event(
                                    isProtected ? "protect" : "unprotect", object, mutation, CatalogEvent.NO_DETAILS))
                            : List.of(),
                    mutation.finished(answer)));
            if (isDone(outcome, name)) {
                return answer;
            }
        }
        throw new CommitFailedException("Too many concurrent changes of object %s; try again", id);
    }

    private List<Change> dropChanges(ObjectRecord object, Files files, Instant now) {
        boolean purge = files == Files.PURGE && object.kind() == ObjectKind.TABLE;
        if (!purge && policies.retention().isEmpty()) {
            return List.of(new Change.DropObject(object.id(), object.version()));
        }
        Duration retention = policies.retention().orElse(Duration.ZERO);
        Duration wait = purge && retention.compareTo(policies.purgeGrace()) < 0 ? policies.purgeGrace() : retention;
        Instant end = now.plus(wait);
        String kind = purge ? PurgeTask.KIND : ForgetTask.KIND;
        return List.of(
                new Change.SoftDeleteObject(object.id(), object.version(), now, end),
                new Change.EnqueueTask(DroppedObjects.task(kind, warehouseId, object, end)));
    }

    private static String details(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.EnqueueTask enqueue) {
                return "{\"task\":\"%s\",\"due-at\":\"%s\"}"
                        .formatted(enqueue.task().kind(), enqueue.task().dueAt());
            }
        }
        return CatalogEvent.NO_DETAILS;
    }

    private Optional<TaskRecord> task(String objectId) {
        return tasks.find(DroppedObjects.taskId(PurgeTask.KIND, objectId))
                .or(() -> tasks.find(DroppedObjects.taskId(ForgetTask.KIND, objectId)));
    }

    private static void refuseBegun(ObjectRecord object, Optional<TaskRecord> task) {
        if (task.filter(DroppedObjects::isBegun).isPresent()) {
            throw new CommitFailedException(
                    "The files of %s.%s are being deleted; it cannot be brought back",
                    String.join(".", object.namespace()), object.name());
        }
    }

    private static CatalogEvent event(String verb, ObjectRecord object, Mutation mutation, String details) {
        return new CatalogEvent(
                verb + "-" + object.kind().name().toLowerCase(Locale.ROOT),
                object.namespace(),
                object.name(),
                Optional.of(object.kind()),
                object.id(),
                verb.equals("drop") ? "" : object.metadataLocation(),
                object.metadataLocation(),
                details,
                mutation.principal(),
                mutation.at());
    }

    private static ObjectRecord live(ObjectRecord object, ObjectName name, long version) {
        return new ObjectRecord(
                object.id(),
                name.namespace(),
                name.name(),
                object.kind(),
                version,
                object.metadataLocation(),
                object.location(),
                Optional.empty(),
                Optional.empty(),
                object.isProtected());
    }

    private static ObjectRecord protectedAs(ObjectRecord object, boolean isProtected) {
        return new ObjectRecord(
                object.id(),
                object.namespace(),
                object.name(),
                object.kind(),
                object.version() + (object.isProtected() == isProtected ? 0 : 1),
                object.metadataLocation(),
                object.location(),
                object.deletedAt(),
                object.purgeAfter(),
                isProtected);
    }

    private static boolean isDone(CommitOutcome outcome, ObjectName name) {
        return switch (outcome) {
            case APPLIED -> true;
            case STALE -> false;
            case NAME_TAKEN ->
                throw new AlreadyExistsException("%s exists already; choose another name with 'name'", name);
            case NAMESPACE_MISSING ->
                throw new NoSuchNamespaceException(
                        "Namespace does not exist: %s; create it, or name another one",
                        String.join(".", name.namespace()));
            case KEY_TAKEN -> throw new KeyTakenException();
            case NAMESPACE_NOT_EMPTY, WAREHOUSE_NOT_EMPTY, LOCATION_TAKEN ->
                throw new IllegalStateException("Impossible for an object: " + outcome);
        };
    }

    private static RuntimeException missing(ObjectName name, ObjectKind kind) {
        return kind == ObjectKind.TABLE
                ? new NoSuchTableException("Table does not exist: %s", name)
                : new NoSuchViewException("View does not exist: %s", name);
    }

    private static CommitFailedException contended(ObjectName name) {
        return new CommitFailedException("Too many concurrent changes of %s; try again", name);
    }
}
