package dev.tarn.catalog.planning;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where clients of a table plan their scans. A table that says nothing leaves it to the client. */
public enum PlanningMode {
    /** The client reads the manifests. */
    CLIENT,
    /** The client asks the catalog. */
    SERVER;

    /** The property of tables and warehouses, and the entry in the config of a loaded table. */
    public static final String PROPERTY = "scan-planning-mode";

    /** As the protocol spells it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What properties say; absent if they say nothing that is known, since tables may have any properties. */
    public static Optional<PlanningMode> of(Map<String, String> properties) {
        String text = properties.getOrDefault(PROPERTY, "");
        for (PlanningMode mode : values()) {
            if (mode.text().equalsIgnoreCase(text.strip())) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
