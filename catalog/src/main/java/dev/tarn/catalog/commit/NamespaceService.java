package dev.tarn.catalog.commit;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.NamespaceRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;

/** Loads and changes namespaces. Thread-safe. Does not own the store. */
public final class NamespaceService {
    /** Rounds of a property change before a client that contends with many others is told so. */
    private static final int MAX_ROUNDS = 8;

    private final CatalogStore store;

    /** Namespaces of one store. */
    public NamespaceService(CatalogStore store) {
        this.store = store;
    }

    /**
     * A namespace.
     *
     * @throws NoSuchNamespaceException if it does not exist
     */
    public NamespaceRecord load(List<String> levels) {
        return store.findNamespace(levels).orElseThrow(() -> missing(levels));
    }

    /** Makes a namespace below one that exists. */
    public StoredReply create(List<String> levels, Map<String, String> properties, String reply, Mutation mutation) {
        StoredReply stored = StoredReply.json(200, reply);
        CommitOutcome outcome =
                commit(new Change.CreateNamespace(levels, properties), "create-namespace", levels, stored, mutation);
        return switch (outcome) {
            case APPLIED -> stored;
            case NAME_TAKEN -> throw new AlreadyExistsException("Namespace already exists: %s", shown(levels));
            case KEY_TAKEN -> throw new KeyTakenException();
            case NAMESPACE_MISSING -> throw missing(levels.subList(0, levels.size() - 1));
            case STALE, NAMESPACE_NOT_EMPTY, LOCATION_TAKEN, WAREHOUSE_NOT_EMPTY ->
                throw new IllegalStateException("Impossible for a create: " + outcome);
        };
    }

    /** Removes an empty namespace. */
    public StoredReply drop(List<String> levels, Mutation mutation) {
        StoredReply reply = StoredReply.empty();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Change drop = new Change.DropNamespace(levels, load(levels).version());
            CommitOutcome outcome = commit(drop, "drop-namespace", levels, reply, mutation);
            switch (outcome) {
                case APPLIED -> {
                    return reply;
                }
                case STALE -> {
                    continue;
                }
                case NAMESPACE_NOT_EMPTY ->
                    throw new NamespaceNotEmptyException(
                            "Namespace %s is not empty: drop what it holds first", shown(levels));
                case KEY_TAKEN -> throw new KeyTakenException();
                case NAME_TAKEN, NAMESPACE_MISSING, LOCATION_TAKEN, WAREHOUSE_NOT_EMPTY ->
                    throw new IllegalStateException("Impossible: " + outcome);
            }
        }
        throw contended(levels);
    }

    /** What changing properties leads to: the new properties, and the body that tells about them. */
    public record PropertyChange(Map<String, String> properties, String reply) {
        /** Copies the properties. */
        public PropertyChange {
            properties = Map.copyOf(properties);
        }
    }

    /** Changes the properties, computed anew from the current ones whenever another change came first. */
    public StoredReply changeProperties(
            List<String> levels, Function<Map<String, String>, PropertyChange> change, Mutation mutation) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            NamespaceRecord current = load(levels);
            PropertyChange next = change.apply(new TreeMap<>(current.properties()));
            StoredReply reply = StoredReply.json(200, next.reply());
            CommitOutcome outcome = commit(
                    new Change.ReplaceNamespaceProperties(levels, next.properties(), current.version()),
                    "update-namespace",
                    levels,
                    reply,
                    mutation);
            switch (outcome) {
                case APPLIED -> {
                    return reply;
                }
                case STALE -> {
                    continue;
                }
                case KEY_TAKEN -> throw new KeyTakenException();
                case NAME_TAKEN, NAMESPACE_MISSING, NAMESPACE_NOT_EMPTY, LOCATION_TAKEN, WAREHOUSE_NOT_EMPTY ->
                    throw new IllegalStateException("Impossible: " + outcome);
            }
        }
        throw contended(levels);
    }

    private CommitOutcome commit(
            Change change, String operation, List<String> levels, StoredReply reply, Mutation mutation) {
        return store.commit(new StoreTransaction(
                List.of(change), List.of(mutation.namespaceEvent(operation, levels)), mutation.finished(reply)));
    }

    private static CommitFailedException contended(List<String> levels) {
        return new CommitFailedException("Too many concurrent changes of namespace %s; try again", shown(levels));
    }

    private static NoSuchNamespaceException missing(List<String> levels) {
        return new NoSuchNamespaceException("Namespace does not exist: %s", shown(levels));
    }

    private static String shown(List<String> levels) {
        return Optional.of(String.join(".", levels))
                .filter(name -> !name.isEmpty())
                .orElse("(root)");
    }
}
