package dev.tarn.catalog.commit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.model.NoSuchFunctionException;
import dev.tarn.catalog.model.ObjectName;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.LocationRule;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;

/** Finds, forgets and renames objects of every kind, and says what is wrong with a name. Thread-safe. */
final class ObjectService {
    /** Rounds after lost races with commits to the same object. */
    private static final int MAX_ROUNDS = 8;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final CatalogStore store;
    private final LocationRule rule;

    /** Objects of one store. */
    ObjectService(CatalogStore store, LocationRule rule) {
        this.store = store;
        this.rule = rule;
    }

    /** An object of one kind, absent if it does not exist. */
    Optional<ObjectRecord> find(ObjectName name, ObjectKind kind) {
        return store.findObject(name.namespace(), name.name(), kind);
    }

    /**
     * An object of one kind.
     *
     * @throws NoSuchTableException if there is no such table, and likewise for the other kinds
     */
    ObjectRecord load(ObjectName name, ObjectKind kind) {
        return find(name, kind).orElseThrow(() -> missing(name, kind));
    }

    private static RuntimeException missing(ObjectName name, ObjectKind kind) {
        return switch (kind) {
            case TABLE -> new NoSuchTableException("Table does not exist: %s", name);
            case VIEW -> new NoSuchViewException("View does not exist: %s", name);
            case FUNCTION -> new NoSuchFunctionException(name);
        };
    }

    /** Which kind of object has a name; absent if it is free. */
    Optional<ObjectKind> kindOf(ObjectName name) {
        return List.of(ObjectKind.values()).stream()
                .filter(kind -> find(name, kind).isPresent())
                .findFirst();
    }

    /**
     * Says why a new object cannot have a name.
     *
     * @throws AlreadyExistsException if an object of any kind has it
     */
    void checkFree(ObjectName name, ObjectKind wanted) {
        kindOf(name).ifPresent(found -> {
            throw new AlreadyExistsException(
                    found == wanted ? "%s already exists: %s" : "%s with same name already exists: %s",
                    shown(found),
                    name);
        });
    }

    /**
     * Says why a new object cannot be in a namespace.
     *
     * @throws NoSuchNamespaceException if there is no such namespace
     */
    void checkNamespace(ObjectName name) {
        if (store.findNamespace(name.namespace()).isEmpty()) {
            throw new NoSuchNamespaceException("Namespace does not exist: %s", String.join(".", name.namespace()));
        }
    }

    /**
     * Forgets an object; its files stay.
     *
     * @param operation what it is called in events
     * @param reply what to answer, given the last state
     */
    StoredReply forget(
            ObjectName name,
            ObjectKind kind,
            String operation,
            Function<ObjectRecord, StoredReply> reply,
            Mutation mutation) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord current = load(name, kind);
            Protection.refuse(current, name);
            StoredReply answer = reply.apply(current);
            Change drop = new Change.DropObject(current.id(), current.version());
            CatalogEvent event = mutation.objectEvent(
                    operation,
                    name,
                    kind,
                    current.id(),
                    current.metadataLocation(),
                    current.metadataLocation(),
                    CatalogEvent.NO_DETAILS);
            CommitOutcome outcome = commit(drop, event, answer, mutation);
            if (isDone(outcome, name, kind)) {
                return answer;
            }
        }
        throw contended(name, kind);
    }

    /** Gives an object another name, in the same or another namespace. */
    StoredReply rename(ObjectName from, ObjectName to, ObjectKind kind, Mutation mutation) {
        StoredReply reply = StoredReply.empty();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            ObjectRecord current = load(from, kind);
            Change rename = new Change.RenameObject(current.id(), current.version(), to.namespace(), to.name());
            CatalogEvent event = mutation.objectEvent(
                    operation("rename", kind),
                    to,
                    kind,
                    current.id(),
                    current.metadataLocation(),
                    current.metadataLocation(),
                    renamedFrom(from));
            CommitOutcome outcome = commit(rename, event, reply, mutation);
            if (outcome == CommitOutcome.NAME_TAKEN) {
                kindOf(to).ifPresent(found -> {
                    throw new AlreadyExistsException(
                            "Cannot rename %s to %s. %s already exists", from, to, shown(found));
                });
                continue;
            }
            if (isDone(outcome, to, kind)) {
                return reply;
            }
        }
        throw contended(from, kind);
    }

    /**
     * An object to be registered.
     *
     * @param metadataLocation its metadata file, which exists
     * @param base its base location, as the metadata says
     * @param reply what to answer
     */
    record Registration(ObjectName name, ObjectKind kind, String metadataLocation, String base, StoredReply reply) {}

    /** Adds an object whose metadata file exists already. Fails if the name is in use. */
    StoredReply register(Registration wanted, Mutation mutation) {
        ObjectName name = wanted.name();
        ObjectKind kind = wanted.kind();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            String id = UUID.randomUUID().toString();
            Change create = new Change.CreateObject(
                    id, name.namespace(), name.name(), kind, wanted.metadataLocation(), wanted.base(), rule);
            CatalogEvent event = mutation.objectEvent(
                    operation("register", kind),
                    name,
                    kind,
                    id,
                    wanted.metadataLocation(),
                    "",
                    CatalogEvent.NO_DETAILS);
            if (isDone(commit(create, event, wanted.reply(), mutation), name, kind)) {
                return wanted.reply();
            }
        }
        throw contended(name, kind);
    }

    /** Points an object at a metadata file that exists already, adding the object if it does not exist. */
    StoredReply registerOver(Registration wanted, Mutation mutation) {
        ObjectName name = wanted.name();
        ObjectKind kind = wanted.kind();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<ObjectRecord> found = find(name, kind);
            if (found.isEmpty()) {
                return register(wanted, mutation);
            }
            ObjectRecord current = found.get();
            Protection.refuse(current, name);
            Change replace = new Change.ReplaceObject(
                    current.id(), current.version(), wanted.metadataLocation(), wanted.base(), rule);
            CatalogEvent event = mutation.objectEvent(
                    operation("register", kind),
                    name,
                    kind,
                    current.id(),
                    wanted.metadataLocation(),
                    current.metadataLocation(),
                    CatalogEvent.NO_DETAILS);
            if (isDone(commit(replace, event, wanted.reply(), mutation), name, kind)) {
                return wanted.reply();
            }
        }
        throw contended(name, kind);
    }

    /** Whether the store said for certain that a transaction was not made; anything else may mean that it was. */
    static boolean changedNothing(TarnException failure) {
        return failure.kind() == ErrorKind.OVERLOADED || failure.kind() == ErrorKind.UNAVAILABLE;
    }

    private CommitOutcome commit(Change change, CatalogEvent event, StoredReply reply, Mutation mutation) {
        return store.commit(new StoreTransaction(List.of(change), List.of(event), mutation.finished(reply)));
    }

    private boolean isDone(CommitOutcome outcome, ObjectName name, ObjectKind kind) {
        return switch (outcome) {
            case APPLIED -> true;
            case STALE -> false;
            case NAME_TAKEN -> {
                checkFree(name, kind);
                yield false; // Whoever took the name has gone again.
            }
            case NAMESPACE_MISSING -> {
                checkNamespace(name);
                yield false;
            }
            case KEY_TAKEN -> throw new KeyTakenException();
            case LOCATION_TAKEN -> throw locationTaken(name);
            case NAMESPACE_NOT_EMPTY, WAREHOUSE_NOT_EMPTY ->
                throw new IllegalStateException("Impossible for an object: " + outcome);
        };
    }

    private static String renamedFrom(ObjectName from) {
        ObjectNode details = JSON.objectNode();
        from.namespace().forEach(details.putArray("from-namespace")::add);
        return details.put("from-name", from.name()).toString();
    }

    static String operation(String verb, ObjectKind kind) {
        return verb + "-" + kind.name().toLowerCase(Locale.ROOT);
    }

    /** Not a conflict: clients would take that for an object that exists, or would try again. */
    static BadRequestException locationTaken(ObjectName name) {
        return new BadRequestException(
                "The location of %s lies at, above or below that of another object, or of one that was dropped and"
                        + " is still kept or being purged; choose a location of its own",
                name);
    }

    private static String shown(ObjectKind kind) {
        String name = kind.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static CommitFailedException contended(ObjectName name, ObjectKind kind) {
        return new CommitFailedException(
                "Too many concurrent changes of %s %s; try again", shown(kind).toLowerCase(Locale.ROOT), name);
    }
}
