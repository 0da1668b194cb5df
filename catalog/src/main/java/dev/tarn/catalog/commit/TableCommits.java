package dev.tarn.catalog.commit;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableChanges;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/**
 * The one path by which table metadata changes: validate, apply, write the metadata files, then one store transaction
 * for all tables. It ends in one of three ways: done; failed, and then the files that it wrote are deleted; unknown, and
 * then every file stays. Thread-safe. Owns neither store nor files.
 */
public final class TableCommits {
    /** Rounds after lost races; the queue makes even the second one rare. */
    private static final int MAX_ROUNDS = 5;

    private final CatalogStore store;
    private final MetadataFiles files;
    private final TableLocations locations;

    /** Commits to the tables of one store. */
    public TableCommits(CatalogStore store, MetadataFiles files, TableLocations locations) {
        this.store = store;
        this.files = files;
        this.locations = locations;
    }

    /**
     * What is asked for one table.
     *
     * @param table its name
     * @param request requirements and updates
     */
    public record TableChange(ObjectName table, UpdateTableRequest request) {}

    /** A table that is to be changed: where it stands, and where it shall go. */
    private record Step(ObjectName table, Optional<ObjectRecord> current, TableMetadata next, String nextLocation) {
        boolean changesNothing() {
            return current.isPresent() && nextLocation.equals(current.get().metadataLocation());
        }
    }

    /**
     * Commits to one or more tables, all or none.
     *
     * @param reply what to answer, given the new metadata locations in the order of the changes
     * @throws CommitFailedException if a requirement fails, or too many others came first; nothing was changed
     * @throws NoSuchTableException if a table does not exist and is not to be made
     * @throws AlreadyExistsException if a name of a table to be made was taken at the last moment
     * @throws TarnException UNKNOWN_OUTCOME if the commit may or may not have happened
     * @throws KeyTakenException if the mutation's key finished elsewhere
     */
    public StoredReply commit(List<TableChange> changes, Function<List<String>, StoredReply> reply, Mutation mutation) {
        refuseTwice(changes);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            List<Step> steps = changes.stream().map(this::plan).toList();
            StoredReply answer =
                    reply.apply(steps.stream().map(Step::nextLocation).toList());
            if (attempt(steps, answer, mutation)) {
                return answer;
            }
        }
        throw new CommitFailedException(
                "Cannot commit to %s: %s concurrent commits came first; read the table again and retry",
                changes.get(0).table(), MAX_ROUNDS);
    }

    /** Adds a table with metadata that was built elsewhere. See {@link #commit} for the endings. */
    public StoredReply create(ObjectName table, TableMetadata metadata, Mutation mutation) {
        locations.check(metadata);
        String location = TableChanges.newMetadataLocation(metadata, 0);
        StoredReply answer = StoredReply.table(location);
        if (attempt(List.of(new Step(table, Optional.empty(), metadata, location)), answer, mutation)) {
            return answer;
        }
        throw new IllegalStateException("A create cannot be stale");
    }

    private static void refuseTwice(List<TableChange> changes) {
        Set<ObjectName> seen = new HashSet<>();
        for (TableChange change : changes) {
            if (!seen.add(change.table())) {
                throw new BadRequestException("Table %s is named twice in one transaction", change.table());
            }
        }
    }

    private Step plan(TableChange change) {
        ObjectName table = change.table();
        Optional<ObjectRecord> current = store.findObject(table.namespace(), table.name(), ObjectKind.TABLE);
        if (current.isEmpty()) {
            if (!TableChanges.isCreate(change.request())) {
                throw new NoSuchTableException("Table does not exist: %s", table);
            }
            TableMetadata created = TableChanges.create(change.request());
            locations.check(created, created, change.request().updates());
            return new Step(table, current, created, TableChanges.newMetadataLocation(created, 0));
        }
        TableMetadata base = files.load(current.get().metadataLocation()).metadata();
        TableMetadata next = TableChanges.update(base, change.request());
        if (next == base) {
            return new Step(table, current, next, current.get().metadataLocation());
        }
        locations.check(base, next, change.request().updates());
        return new Step(
                table,
                current,
                next,
                TableChanges.newMetadataLocation(next, current.get().version()));
    }

    /** True if done; false if something changed since the steps were planned. */
    private boolean attempt(List<Step> steps, StoredReply answer, Mutation mutation) {
        List<String> written = new ArrayList<>();
        CommitOutcome outcome;
        try {
            List<Change> changes = new ArrayList<>();
            List<CatalogEvent> events = new ArrayList<>();
            for (Step step : steps) {
                if (!step.changesNothing()) {
                    written.add(step.nextLocation());
                    files.write(step.nextLocation(), step.next());
                    changes.add(change(step));
                    events.add(event(step, mutation));
                }
            }
            if (changes.isEmpty() && mutation.key().isEmpty()) {
                return true;
            }
            outcome = store.commit(new StoreTransaction(changes, events, mutation.finished(answer)));
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                written.forEach(files::deleteUnused);
            }
            throw e;
        } catch (RuntimeException e) {
            written.forEach(files::deleteUnused);
            throw e;
        }
        if (outcome != CommitOutcome.APPLIED) {
            written.forEach(files::deleteUnused);
        }
        return isDone(outcome, steps.get(0).table());
    }

    private static boolean isDone(CommitOutcome outcome, ObjectName table) {
        return switch (outcome) {
            case APPLIED -> true;
            case STALE -> false;
            case NAME_TAKEN -> throw new AlreadyExistsException("Table already exists: %s", table);
            case NAMESPACE_MISSING ->
                throw new NoSuchNamespaceException("Namespace does not exist: %s", String.join(".", table.namespace()));
            case KEY_TAKEN -> throw new KeyTakenException();
            case NAMESPACE_NOT_EMPTY -> throw new IllegalStateException("Impossible for a table: " + outcome);
        };
    }

    private static Change change(Step step) {
        return step.current()
                .<Change>map(current -> new Change.ReplaceObject(current.id(), current.version(), step.nextLocation()))
                .orElseGet(() -> new Change.CreateObject(
                        UUID.randomUUID().toString(),
                        step.table().namespace(),
                        step.table().name(),
                        ObjectKind.TABLE,
                        step.nextLocation()));
    }

    private static CatalogEvent event(Step step, Mutation mutation) {
        return mutation.event(
                step.current().isPresent() ? "commit-table" : "create-table",
                step.table().namespace(),
                step.table().name(),
                step.nextLocation());
    }
}
