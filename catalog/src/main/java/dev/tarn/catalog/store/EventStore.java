package dev.tarn.catalog.store;

import dev.tarn.catalog.events.StoredEvent;
import java.util.List;

/**
 * The outbox: what happened, in the order in which it became durable for each object. A reader that saw one sequence never
 * later sees a new event below it. Only the newest events are kept; see {@link #oldest}. A view of a
 * {@link CatalogDatabase}: thread-safe, and not to be closed.
 */
public interface EventStore {
    /**
     * Events in order.
     *
     * @param warehouseId of this warehouse only; empty for all
     * @param afterSequence only events behind this one; 0 for all
     * @param limit at most so many
     */
    List<StoredEvent> read(String warehouseId, long afterSequence, int limit);

    /** How far a consumer got; 0 if it is new. */
    long cursor(String consumer);

    /** Moves a consumer on. False if it is elsewhere than expected, since another process moved it. */
    boolean advance(String consumer, long expected, long sequence);

    /** The sequence of the oldest event that is kept, 0 if there is none. */
    long oldest();
}
