package dev.tarn.writer.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The committers of one catalog in this process, one for each table and branch. Thread-safe. Whoever makes it closes it,
 * which closes all committers; the catalog stays the caller's.
 */
public final class Committers implements AutoCloseable {
    /** Each has a thread and a table in memory. */
    private static final int MAX_COMMITTERS = 256;

    private final Catalog catalog;
    private final CommitterOptions options;

    @GuardedBy("this")
    private final Map<Key, GroupCommitter> committers = new LinkedHashMap<>();

    private record Key(TableIdentifier table, String branch) {}

    /** Committers with the same options each. */
    public Committers(Catalog catalog, CommitterOptions options) {
        this.catalog = catalog;
        this.options = options;
    }

    /**
     * The committer of a branch of a table; opened on the first call.
     *
     * @throws TarnException OVERLOADED if there are too many
     * @throws org.apache.iceberg.exceptions.NoSuchTableException if there is no such table
     */
    public synchronized GroupCommitter of(TableIdentifier table, String branch) {
        GroupCommitter existing = committers.get(new Key(table, branch));
        if (existing != null) {
            return existing;
        }
        if (committers.size() >= MAX_COMMITTERS) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "%d tables have committers, which is the most that may; close some first"
                            .formatted(committers.size()));
        }
        GroupCommitter opened = GroupCommitter.open(catalog.loadTable(table), branch, options);
        committers.put(new Key(table, branch), opened);
        return opened;
    }

    /**
     * Ends the committer of a branch of a table, if there is one, after what waits was committed: for tables that were
     * replaced, and for those that nobody writes any more.
     */
    public void close(TableIdentifier table, String branch) {
        GroupCommitter committer;
        synchronized (this) {
            committer = committers.remove(new Key(table, branch));
        }
        if (committer != null) {
            committer.close();
        }
    }

    @Override
    public synchronized void close() {
        try (Closer closer = new Closer()) {
            committers.values().forEach(closer::register);
        }
        committers.clear();
    }
}
