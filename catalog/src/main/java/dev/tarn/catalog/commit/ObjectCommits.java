package dev.tarn.catalog.commit;

import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.RequestLimits;
import dev.tarn.catalog.model.TableChanges;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.model.UpdateActions;
import dev.tarn.catalog.model.ViewChanges;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
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
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.view.ViewMetadata;

/**
 * The one path by which metadata of tables and views changes: validate, apply, write the metadata files at the same
 * time, then one store transaction for all objects. It ends in one of three ways: done; failed, and then the files that
 * it wrote are deleted; unknown, and then every file stays. Thread-safe. Owns neither store nor files.
 */
public final class ObjectCommits {
    /** Rounds after lost races; the queue makes even the second one rare. */
    private static final int MAX_ROUNDS = 5;

    private final CatalogStore store;
    private final ObjectService objects;
    private final ObjectFiles files;
    private final TableLocations locations;
    private final TableFolders folders;
    private final LocationRule rule;

    /** Commits to the objects of one store. */
    public ObjectCommits(CatalogStore store, ObjectFiles files, TableLocations locations, LocationRule rule) {
        this.store = store;
        this.objects = new ObjectService(store, rule);
        this.files = files;
        this.locations = locations;
        this.folders = new TableFolders(store, locations, rule);
        this.rule = rule;
    }

    /**
     * An object that is to be changed: where it stands, and where it shall go.
     *
     * @param base base location of the next version
     * @param details what an event tells about it
     * @param write writes the metadata file of the next version
     */
    private record Step(
            ObjectName name,
            ObjectKind kind,
            Optional<ObjectRecord> current,
            String nextLocation,
            String base,
            String details,
            Runnable write) {
        boolean changesNothing() {
            return current.isPresent() && nextLocation.equals(current.get().metadataLocation());
        }

        static Step unchanged(ObjectRecord current, ObjectName name) {
            return new Step(
                    name,
                    current.kind(),
                    Optional.of(current),
                    current.metadataLocation(),
                    current.location(),
                    CatalogEvent.NO_DETAILS,
                    () -> {});
        }
    }

    /** Whether a view has this name. */
    public boolean isView(ObjectName name) {
        return objects.find(name, ObjectKind.VIEW).isPresent();
    }

    /**
     * Commits to one or more objects, all or none.
     *
     * @param reply what to answer, given the new metadata locations in the order of the changes
     * @throws CommitFailedException if a requirement fails, or too many others came first; nothing was changed
     * @throws NoSuchTableException if a table does not exist and is not to be made
     * @throws NoSuchViewException if a view does not exist and is not to be made
     * @throws AlreadyExistsException if a name of an object to be made was taken at the last moment
     * @throws TarnException UNKNOWN_OUTCOME if the commit may or may not have happened
     * @throws KeyTakenException if the mutation's key finished elsewhere
     */
    public StoredReply commit(
            List<ObjectChange> changes, Function<List<String>, StoredReply> reply, Mutation mutation) {
        refuseTwice(changes);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            List<Step> steps = changes.stream().map(this::plan).toList();
            StoredReply answer =
                    reply.apply(steps.stream().map(Step::nextLocation).toList());
            if (attempt(steps, answer, mutation)) {
                return answer;
            }
        }
        throw contended(changes.get(0).name());
    }

    /** Adds a table with metadata that was built elsewhere. See {@link #commit} for the endings. */
    public StoredReply create(ObjectName table, TableMetadata metadata, Mutation mutation) {
        return create(newTable(table, metadata, CatalogEvent.NO_DETAILS), StoredReply::table, mutation);
    }

    /** Adds a view with metadata that was built elsewhere. See {@link #commit} for the endings. */
    public StoredReply create(ObjectName view, ViewMetadata metadata, Mutation mutation) {
        return create(newView(view, metadata, CatalogEvent.NO_DETAILS), StoredReply::view, mutation);
    }

    private StoredReply create(Step step, Function<String, StoredReply> reply, Mutation mutation) {
        StoredReply answer = reply.apply(step.nextLocation());
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (attempt(List.of(step), answer, mutation)) {
                return answer;
            }
        }
        throw contended(step.name());
    }

    private static void refuseTwice(List<ObjectChange> changes) {
        Set<ObjectName> seen = new HashSet<>();
        for (ObjectChange change : changes) {
            if (!seen.add(change.name())) {
                throw new BadRequestException("%s is named twice in one transaction", change.name());
            }
        }
    }

    private Step plan(ObjectChange change) {
        Optional<ObjectRecord> current = find(change);
        for (int round = 0; ; round++) {
            try {
                return plan(change, current);
            } catch (CommitFailedException e) {
                // The requirement was checked against what was read a moment ago: only if that is still the newest
                // version is it worth telling the client.
                Optional<ObjectRecord> now = find(change);
                if (round == MAX_ROUNDS || now.equals(current)) {
                    throw e;
                }
                current = now;
            }
        }
    }

    private Step plan(ObjectChange change, Optional<ObjectRecord> current) {
        if (current.isPresent()) {
            return current.get().kind() == ObjectKind.VIEW
                    ? nextView(change, current.get())
                    : nextTable(change, current.get());
        }
        boolean create = TableChanges.isCreate(change.request());
        String details = UpdateActions.json(change.request().updates());
        if (change.kind() == ObjectKind.VIEW) {
            if (!create) {
                throw new NoSuchViewException("View does not exist: %s", change.name());
            }
            objects.checkFree(change.name(), ObjectKind.VIEW);
            return newView(change.name(), ViewChanges.create(change.request()), details);
        }
        if (!create) {
            throw new NoSuchTableException("Table does not exist: %s", change.name());
        }
        objects.checkFree(change.name(), ObjectKind.TABLE);
        TableMetadata created = TableChanges.create(change.request());
        locations.check(created, created, change.request().updates());
        return newTable(change.name(), created, details);
    }

    private Optional<ObjectRecord> find(ObjectChange change) {
        return objects.find(change.name(), change.kind());
    }

    private Step newTable(ObjectName name, TableMetadata metadata, String details) {
        locations.check(metadata);
        RequestLimits.check(metadata);
        folders.check(Optional.empty(), List.of(), metadata);
        String location = TableChanges.newMetadataLocation(metadata, 0);
        return new Step(
                name,
                ObjectKind.TABLE,
                Optional.empty(),
                location,
                metadata.location(),
                details,
                () -> files.tables().write(location, metadata));
    }

    private Step newView(ObjectName name, ViewMetadata metadata, String details) {
        check(metadata);
        String location = ViewChanges.newMetadataLocation(metadata, 0);
        return new Step(
                name,
                ObjectKind.VIEW,
                Optional.empty(),
                location,
                metadata.location(),
                details,
                () -> files.views().write(location, metadata));
    }

    private Step nextTable(ObjectChange change, ObjectRecord current) {
        TableVersion base = files.tables().load(current.metadataLocation());
        TableMetadata next = TableChanges.update(base.metadata(), change.request());
        if (next == base.metadata()) {
            return Step.unchanged(current, change.name());
        }
        locations.check(base.metadata(), next, change.request().updates());
        folders.check(Optional.of(current), locations.folders(base.metadata()), next);
        RequestLimits.check(next);
        String location = TableChanges.newMetadataLocation(next, current.version());
        return new Step(
                change.name(),
                current.kind(),
                Optional.of(current),
                location,
                next.location(),
                UpdateActions.json(change.request().updates()),
                () -> files.tables().writeNext(location, next, base));
    }

    private Step nextView(ObjectChange change, ObjectRecord current) {
        ViewMetadata base = files.views().load(current.metadataLocation()).metadata();
        ViewMetadata next = ViewChanges.update(base, change.request());
        if (next == base) {
            return Step.unchanged(current, change.name());
        }
        check(next);
        String location = ViewChanges.newMetadataLocation(next, current.version());
        return new Step(
                change.name(),
                current.kind(),
                Optional.of(current),
                location,
                next.location(),
                UpdateActions.json(change.request().updates()),
                () -> files.views().write(location, next));
    }

    private void check(ViewMetadata view) {
        locations.checked("view location", view.location());
        locations.checkProperties(view.properties());
        RequestLimits.check(view);
    }

    /** True if done; false if something changed since the steps were planned. */
    private boolean attempt(List<Step> steps, StoredReply answer, Mutation mutation) {
        List<Step> written =
                steps.stream().filter(step -> !step.changesNothing()).toList();
        List<Change> changes = new ArrayList<>();
        List<CatalogEvent> events = new ArrayList<>();
        for (Step step : steps) {
            if (!step.changesNothing()) {
                String id = step.current()
                        .map(ObjectRecord::id)
                        .orElseGet(() -> UUID.randomUUID().toString());
                changes.add(change(step, id));
                events.add(event(step, id, mutation));
            } else if (steps.size() > 1) {
                changes.add(expectation(step));
            }
        }
        if (changes.isEmpty() && mutation.key().isEmpty()) {
            return true;
        }
        try {
            files.writes().run(written.stream().map(Step::write).toList());
        } catch (RuntimeException e) {
            delete(written);
            throw e;
        }
        CommitOutcome outcome;
        try {
            outcome = store.commit(new StoreTransaction(changes, events, mutation.finished(answer)));
        } catch (TarnException e) {
            // Whatever else the store throws may come after the change was made: then the files may be in use.
            if (ObjectService.changedNothing(e)) {
                delete(written);
            }
            throw e;
        }
        if (outcome != CommitOutcome.APPLIED) {
            delete(written);
        }
        return isDone(outcome, steps);
    }

    private void delete(List<Step> written) {
        for (Step step : written) {
            if (step.kind() == ObjectKind.VIEW) {
                files.views().deleteUnused(step.nextLocation());
            } else {
                files.tables().deleteUnused(step.nextLocation());
            }
        }
    }

    private boolean isDone(CommitOutcome outcome, List<Step> steps) {
        return switch (outcome) {
            case APPLIED -> true;
            case STALE -> false;
            case NAME_TAKEN -> {
                steps.stream()
                        .filter(step -> step.current().isEmpty())
                        .forEach(step -> objects.checkFree(step.name(), step.kind()));
                yield false; // Whoever took the name has gone again.
            }
            case NAMESPACE_MISSING -> {
                steps.forEach(step -> objects.checkNamespace(step.name()));
                yield false;
            }
            case KEY_TAKEN -> throw new KeyTakenException();
            case LOCATION_TAKEN -> throw ObjectService.locationTaken(nameOfTakenLocation(steps));
            case NAMESPACE_NOT_EMPTY, WAREHOUSE_NOT_EMPTY ->
                throw new IllegalStateException("Impossible for an object: " + outcome);
        };
    }

    /** The first object whose location is not free any more; the first one of all if the other one has gone again. */
    private ObjectName nameOfTakenLocation(List<Step> steps) {
        return steps.stream()
                .filter(step -> !step.changesNothing())
                .filter(step -> store.overlapping(step.base(), 2).stream()
                        .anyMatch(other -> step.current()
                                .map(current -> !current.id().equals(other.id()))
                                .orElse(true)))
                .findFirst()
                .orElse(steps.get(0))
                .name();
    }

    /**
     * An object of a transaction that only states requirements must not change beside it, so that no two transactions can
     * each rely on what the other one changes. A single object that changes nothing needs no such proof.
     */
    private static Change expectation(Step step) {
        ObjectRecord current = step.current().orElseThrow();
        return new Change.ExpectObject(current.id(), current.version());
    }

    private Change change(Step step, String id) {
        return step.current()
                .<Change>map(current ->
                        new Change.ReplaceObject(id, current.version(), step.nextLocation(), step.base(), rule))
                .orElseGet(() -> new Change.CreateObject(
                        id,
                        step.name().namespace(),
                        step.name().name(),
                        step.kind(),
                        step.nextLocation(),
                        step.base(),
                        rule));
    }

    private static CatalogEvent event(Step step, String id, Mutation mutation) {
        return mutation.objectEvent(
                ObjectService.operation(step.current().isPresent() ? "commit" : "create", step.kind()),
                step.name(),
                step.kind(),
                id,
                step.nextLocation(),
                step.current().map(ObjectRecord::metadataLocation).orElse(""),
                step.details());
    }

    private static CommitFailedException contended(ObjectName name) {
        return new CommitFailedException(
                "Cannot commit to %s: %s concurrent commits came first; read it again and retry", name, MAX_ROUNDS);
    }
}
