package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.model.TableLocations;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;

/** Finds, drops, renames and registers tables: everything that needs no new metadata file. Thread-safe. */
public final class TableService {
    /** Rounds after lost races with commits to the same table. */
    private static final int MAX_ROUNDS = 8;

    private final CatalogStore store;
    private final MetadataFiles files;
    private final TableLocations locations;

    /** Tables of one store. */
    public TableService(CatalogStore store, MetadataFiles files, TableLocations locations) {
        this.store = store;
        this.files = files;
        this.locations = locations;
    }

    /**
     * The current state of a table.
     *
     * @throws NoSuchTableException if it does not exist
     */
    public ObjectRecord find(ObjectName table) {
        return lookUp(table).orElseThrow(() -> new NoSuchTableException("Table does not exist: %s", table));
    }

    /** Whether a table or view of this name exists. */
    public boolean isTaken(ObjectName name) {
        return lookUp(name).isPresent()
                || store.findObject(name.namespace(), name.name(), ObjectKind.VIEW)
                        .isPresent();
    }

    /** What a drop forgot, and what it answers. */
    public record Dropped(ObjectRecord table, StoredReply reply) {}

    /** Forgets a table; its files stay. */
    public Dropped drop(ObjectName table, Mutation mutation) {
        StoredReply reply = StoredReply.empty();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord current = find(table);
            Change drop = new Change.DropObject(current.id(), current.version());
            if (isDone(commit(drop, "drop-table", table, current.metadataLocation(), reply, mutation), table)) {
                return new Dropped(current, reply);
            }
        }
        throw contended(table);
    }

    /** Gives a table another name, in the same or another namespace. */
    public StoredReply rename(ObjectName from, ObjectName to, Mutation mutation) {
        StoredReply reply = StoredReply.empty();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord current = find(from);
            Change rename = new Change.RenameObject(current.id(), current.version(), to.namespace(), to.name());
            if (isDone(commit(rename, "rename-table", to, current.metadataLocation(), reply, mutation), to)) {
                return reply;
            }
        }
        throw contended(from);
    }

    /** Adds a table whose metadata file exists already. Fails if the name is in use. */
    public StoredReply register(ObjectName table, String metadataLocation, Mutation mutation) {
        StoredReply reply = checkedForRegistration(metadataLocation);
        Change create = new Change.CreateObject(
                UUID.randomUUID().toString(), table.namespace(), table.name(), ObjectKind.TABLE, metadataLocation);
        if (isDone(commit(create, "register-table", table, metadataLocation, reply, mutation), table)) {
            return reply;
        }
        throw new IllegalStateException("A create cannot be stale");
    }

    /** Points a table at a metadata file that exists already, adding the table if it does not exist. */
    public StoredReply registerOver(ObjectName table, String metadataLocation, Mutation mutation) {
        Optional<ObjectRecord> current = lookUp(table);
        if (current.isEmpty()) {
            return register(table, metadataLocation, mutation);
        }
        StoredReply reply = checkedForRegistration(metadataLocation);
        Change replace =
                new Change.ReplaceObject(current.get().id(), current.get().version(), metadataLocation);
        if (isDone(commit(replace, "register-table", table, metadataLocation, reply, mutation), table)) {
            return reply;
        }
        throw contended(table);
    }

    private StoredReply checkedForRegistration(String metadataLocation) {
        locations.checked("metadata-location", metadataLocation);
        locations.checkForeign(files.load(metadataLocation).metadata());
        return StoredReply.table(metadataLocation);
    }

    private Optional<ObjectRecord> lookUp(ObjectName table) {
        return store.findObject(table.namespace(), table.name(), ObjectKind.TABLE);
    }

    private CommitOutcome commit(
            Change change,
            String operation,
            ObjectName table,
            String metadataLocation,
            StoredReply reply,
            Mutation mutation) {
        return store.commit(new StoreTransaction(
                List.of(change),
                List.of(mutation.event(operation, table.namespace(), table.name(), metadataLocation)),
                mutation.finished(reply)));
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

    private static CommitFailedException contended(ObjectName table) {
        return new CommitFailedException("Too many concurrent changes of table %s; try again", table);
    }
}
