package dev.tarn.catalog.store;

import dev.tarn.catalog.events.CatalogEvent;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is to happen together or not at all.
 *
 * @param changes made in the order of their ids
 * @param events written to the outbox
 * @param finished the idempotency row of the request, absent if it carried no key
 */
public record StoreTransaction(List<Change> changes, List<CatalogEvent> events, Optional<IdempotencyRecord> finished) {
    /** Copies and orders the changes. */
    public StoreTransaction {
        changes = changes.stream().sorted(Comparator.comparing(Change::order)).toList();
        events = List.copyOf(events);
    }
}
