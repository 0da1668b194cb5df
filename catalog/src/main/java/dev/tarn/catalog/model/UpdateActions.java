package dev.tarn.catalog.model;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.iceberg.MetadataUpdate;

/** The names of updates as the protocol spells them, without writing the updates themselves. Pure functions. */
public final class UpdateActions {
    /** Those that the protocol does not spell as Iceberg's classes do. */
    private static final Map<Class<? extends MetadataUpdate>, String> IRREGULAR = Map.of(
            MetadataUpdate.AssignUUID.class, "assign-uuid",
            MetadataUpdate.AddPartitionSpec.class, "add-spec",
            MetadataUpdate.SetDefaultPartitionSpec.class, "set-default-spec");

    private UpdateActions() {}

    /** The action of an update, as {@code set-properties}. */
    public static String action(MetadataUpdate update) {
        String regular = update.getClass().getSimpleName().replaceAll("([a-z])([A-Z])", "$1-$2");
        return IRREGULAR.getOrDefault(update.getClass(), regular.toLowerCase(Locale.ROOT));
    }

    /** A JSON object with the actions of a commit, each one once, for the details of an event. */
    public static String json(List<MetadataUpdate> updates) {
        return updates.stream()
                .map(UpdateActions::action)
                .distinct()
                .map(action -> '"' + action + '"')
                .collect(Collectors.joining(",", "{\"updates\":[", "]}"));
    }
}
