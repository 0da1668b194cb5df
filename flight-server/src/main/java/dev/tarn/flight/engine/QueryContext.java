package dev.tarn.flight.engine;

import java.util.Map;
import java.util.Optional;

/**
 * For whom and in which surroundings a statement runs. Immutable.
 *
 * @param caller whose rights count
 * @param defaultNamespace the namespace of table names that carry none; levels are separated by dots
 * @param options session options by name, as {@code engine} or {@code time-zone}
 */
public record QueryContext(Caller caller, Optional<String> defaultNamespace, Map<String, String> options) {
    /** Copies the options. */
    public QueryContext {
        options = Map.copyOf(options);
    }
}
