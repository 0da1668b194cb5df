package dev.tarn.maintenance.orphans;

import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.Json;

/**
 * What a run did.
 *
 * @param status how it ended
 * @param tableName the table as its catalog names it
 * @param deletedFiles files that were deleted
 * @param deletedBytes their size
 * @param keptFiles files of the plan that something refers to again
 * @param failedFiles files that could not be deleted; the next run finds them again
 */
public record OrphanResult(
        MaintenanceStatus status,
        String tableName,
        long deletedFiles,
        long deletedBytes,
        long keptFiles,
        long failedFiles) {
    /** One JSON object. */
    public String toJson() {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("status", status.name());
            json.writeStringField("table", tableName);
            json.writeNumberField("deleted-files", deletedFiles);
            json.writeNumberField("deleted-bytes", deletedBytes);
            json.writeNumberField("kept-files", keptFiles);
            json.writeNumberField("failed-files", failedFiles);
            json.writeEndObject();
        });
    }
}
