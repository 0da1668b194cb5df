package dev.tarn.catalog.store;

import java.util.List;
import java.util.Map;

/**
 * A namespace as stored.
 *
 * @param levels from the outermost to the innermost, at least one
 * @param properties what its owner set
 * @param version counts changes of the properties, from 1
 */
public record NamespaceRecord(List<String> levels, Map<String, String> properties, long version) {
    /** Copies both collections. */
    public NamespaceRecord {
        levels = List.copyOf(levels);
        properties = Map.copyOf(properties);
    }
}
