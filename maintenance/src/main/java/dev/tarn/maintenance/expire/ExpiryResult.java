package dev.tarn.maintenance.expire;

import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.Json;
import java.util.List;

/**
 * What an expiry did.
 *
 * @param status how it ended
 * @param tableName the table as its catalog names it
 * @param expiredSnapshots snapshots that are gone
 * @param deletedFiles files that were deleted, those of earlier journals included
 * @param deletedBytes their size, and that of files that could not be deleted, as far as the metadata said
 * @param keptFiles files that were planned to go but are reached again
 * @param failedFiles files that could not be deleted; their journal is kept for the next run
 * @param waitingFiles files whose grace period is not over; a later run deletes them
 */
public record ExpiryResult(
        MaintenanceStatus status,
        String tableName,
        List<Long> expiredSnapshots,
        long deletedFiles,
        long deletedBytes,
        long keptFiles,
        long failedFiles,
        long waitingFiles) {
    /** Copies the snapshots. */
    public ExpiryResult {
        expiredSnapshots = List.copyOf(expiredSnapshots);
    }

    /** One JSON object; ids are strings. */
    public String toJson() {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("status", status.name());
            json.writeStringField("table", tableName);
            json.writeArrayFieldStart("expired-snapshots");
            for (long id : expiredSnapshots) {
                json.writeString(Long.toString(id));
            }
            json.writeEndArray();
            json.writeNumberField("deleted-files", deletedFiles);
            json.writeNumberField("deleted-bytes", deletedBytes);
            json.writeNumberField("kept-files", keptFiles);
            json.writeNumberField("failed-files", failedFiles);
            json.writeNumberField("waiting-files", waitingFiles);
            json.writeEndObject();
        });
    }
}
