package dev.tarn.maintenance.migrate;

import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.Json;
import java.util.List;

/**
 * What a migration did.
 *
 * @param status PARTIAL if an item failed or differs
 * @param created namespaces that were created
 * @param registered tables and views that were registered
 * @param advanced tables that were brought up to the source
 * @param present objects that agreed already
 * @param unfinished items that failed or differ, each with its reason
 */
public record MigrationResult(
        MaintenanceStatus status,
        long created,
        long registered,
        long advanced,
        long present,
        List<MigrationItem> unfinished) {
    /** Copies the items. */
    public MigrationResult {
        unfinished = List.copyOf(unfinished);
    }

    /** One JSON object. */
    public String toJson() {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("status", status.name());
            json.writeNumberField("created-namespaces", created);
            json.writeNumberField("registered", registered);
            json.writeNumberField("advanced", advanced);
            json.writeNumberField("present", present);
            json.writeArrayFieldStart("unfinished");
            for (MigrationItem item : unfinished) {
                item.write(json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
