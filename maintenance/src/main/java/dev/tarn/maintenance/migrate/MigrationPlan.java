package dev.tarn.maintenance.migrate;

import dev.tarn.maintenance.internal.Json;
import java.util.List;

/**
 * What a migration would do, namespaces before what they hold.
 *
 * @param items one for each object of the source
 */
public record MigrationPlan(List<MigrationItem> items) {
    /** Copies the items. */
    public MigrationPlan {
        items = List.copyOf(items);
    }

    /** How many items have an action. */
    public long count(MigrationAction action) {
        return items.stream().filter(item -> item.action() == action).count();
    }

    /** One JSON object with all items. */
    public String toJson() {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("items");
            for (MigrationItem item : items) {
                item.write(json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
