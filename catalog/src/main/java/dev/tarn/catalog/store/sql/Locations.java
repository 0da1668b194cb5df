package dev.tarn.catalog.store.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Looks for base locations that overlap, by index probes whose number depends on the depth of a location and never on the
 * number of objects: the location and each folder above it as exact keys, and everything below it as one range.
 */
final class Locations {
    /** Statements differ in how many keys they name; a few sizes keep the number of statements small. */
    private static final int KEYS_ROUNDED_TO = 8;

    private Locations() {}

    static boolean isTaken(SqlSession session, String warehouse, LocationKey key, String exceptId) throws SQLException {
        return session.exists(
                        "SELECT 1 FROM object WHERE warehouse_id = ? AND location_key >= ? AND location_key < ?"
                                + " AND id <> ? LIMIT 1",
                        warehouse,
                        key.firstBelow(),
                        key.behindBelow(),
                        exceptId)
                || atOrAbove(session, warehouse, key, exceptId);
    }

    private static boolean atOrAbove(SqlSession session, String warehouse, LocationKey key, String exceptId)
            throws SQLException {
        List<String> keys = atAndAbove(key);
        List<Object> parameters = new ArrayList<>();
        parameters.add(warehouse);
        parameters.addAll(keys);
        parameters.add(exceptId);
        return session.exists(
                "SELECT 1 FROM object WHERE warehouse_id = ? AND location_key IN (%s) AND id <> ? LIMIT 1"
                        .formatted(places(keys.size())),
                parameters.toArray());
    }

    /** The location and every folder above it; the last one is repeated up to a round number. */
    static List<String> atAndAbove(LocationKey key) {
        List<String> keys = new ArrayList<>();
        keys.add(key.value());
        keys.addAll(key.ancestors());
        while (keys.size() % KEYS_ROUNDED_TO != 0) {
            keys.add(key.value());
        }
        return keys;
    }

    static String places(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
