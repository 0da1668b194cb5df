package dev.tarn.catalog.store.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Live objects as the database holds them, for a database that one process alone changes. It is exact: a record is here only
 * while nobody changes its object, and a record that was read while any change ended is not taken in. So a lookup sees
 * every acknowledged change, as a query would. Thread-safe.
 *
 * <p>Why it is exact: a change is announced before its transaction begins and ended after its outcome is certain. Say a
 * query did not see a change that has been committed. Then that change had not ended when the query began. If it ends
 * before the record is offered, the count of ended changes has moved and the record is refused; if it has begun but not
 * ended, the object is marked and the record is refused; if it begins later, it removes the record. Names are hints: the
 * record itself says what it is called.
 */
final class CurrentObjects {
    /** Some hundred bytes each; an object that falls out is asked for again. */
    private static final int MAX_OBJECTS = 200_000;

    private final Cache<Name, String> ids =
            Caffeine.newBuilder().maximumSize(MAX_OBJECTS).build();
    private final Cache<String, ObjectRecord> records =
            Caffeine.newBuilder().maximumSize(MAX_OBJECTS).build();
    private final Map<String, Integer> changing = new HashMap<>();
    private long ended;

    private record Name(String warehouse, List<String> namespace, String name) {}

    /** A live object, absent if it is not known for certain. */
    Optional<ObjectRecord> find(String warehouse, List<String> namespace, String name, ObjectKind kind) {
        String id = ids.getIfPresent(new Name(warehouse, namespace, name));
        ObjectRecord record = id == null ? null : records.getIfPresent(id);
        return record != null
                        && record.kind() == kind
                        && record.name().equals(name)
                        && record.namespace().equals(namespace)
                ? Optional.of(record)
                : Optional.empty();
    }

    /** To be asked for before a query whose result may be offered. */
    synchronized long stamp() {
        return ended;
    }

    /** Takes in what a query found, unless something may have changed since the stamp. */
    synchronized void offer(String warehouse, ObjectRecord record, long stamp) {
        if (stamp == ended
                && !changing.containsKey(record.id())
                && record.deletedAt().isEmpty()) {
            records.put(record.id(), record);
            ids.put(new Name(warehouse, record.namespace(), record.name()), record.id());
        }
    }

    /** Announces changes, before their transaction can begin. */
    synchronized void begin(Collection<Change> changes) {
        for (Change change : changes) {
            change.objectId().ifPresent(id -> {
                changing.merge(id, 1, Integer::sum);
                records.invalidate(id);
            });
        }
    }

    /** Ends what was announced, whatever came of it, once that is certain or nobody will ever know more. */
    synchronized void end(Collection<Change> changes) {
        ended++;
        for (Change change : changes) {
            change.objectId()
                    .ifPresent(id -> changing.merge(id, -1, (one, other) -> one + other == 0 ? null : one + other));
        }
    }
}
