package dev.tarn.catalog.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Leased work. Tasks are added, moved and taken back by the transaction of what causes them ({@link Change}); here they are
 * worked on. Two workers never hold one task at a time, as long as each stops when {@link #renew} answers false. A view of
 * a {@link CatalogDatabase}: thread-safe, and not to be closed.
 */
public interface TaskStore {
    /**
     * Takes tasks that are due and that nobody holds, the oldest first, and counts an attempt for each.
     *
     * @param kind of this kind only
     * @param owner who takes them
     * @param until when the lease ends unless it is renewed
     * @param limit at most so many
     */
    List<TaskRecord> lease(String kind, String owner, Instant now, Instant until, int limit);

    /** Notes progress and keeps the lease. False if the owner lost it: it must stop at once. */
    boolean renew(String id, String owner, String cursor, Instant until);

    /** Forgets a task that is done. False if the owner lost it. */
    boolean finish(String id, String owner);

    /** Gives a task back, to be tried again later. False if the owner lost it. */
    boolean retry(String id, String owner, String cursor, String problem, Instant dueAt);

    /** A task, absent once it is done or was taken back. */
    Optional<TaskRecord> find(String id);

    /** Tasks of a warehouse in the order of their ids, behind one of them; empty for all. */
    List<TaskRecord> list(String warehouseId, String afterId, int limit);
}
