package dev.tarn.maintenance.compact;

import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.Json;
import java.util.List;

/**
 * What a compaction did.
 *
 * @param status how it ended
 * @param tableName the table as its catalog names it
 * @param commits snapshots that were committed, in order
 * @param rewrittenFiles data files that were replaced
 * @param rewrittenBytes their size
 * @param addedFiles data files that replace them
 * @param addedBytes their size
 * @param removedDeleteFiles delete files that no data file needs any more
 * @param failedGroups groups that were given up; their inputs are untouched
 * @param failure why the first of them failed; empty when none did
 */
public record CompactionResult(
        MaintenanceStatus status,
        String tableName,
        List<Long> commits,
        int rewrittenFiles,
        long rewrittenBytes,
        int addedFiles,
        long addedBytes,
        int removedDeleteFiles,
        int failedGroups,
        String failure) {
    /** Copies the commits. */
    public CompactionResult {
        commits = List.copyOf(commits);
    }

    static CompactionResult nothingToDo(String tableName) {
        return new CompactionResult(MaintenanceStatus.NOTHING_TO_DO, tableName, List.of(), 0, 0, 0, 0, 0, 0, "");
    }

    /** One JSON object; ids are strings. */
    public String toJson() {
        return Json.text(json -> {
            json.writeStartObject();
            json.writeStringField("status", status.name());
            json.writeStringField("table", tableName);
            json.writeArrayFieldStart("commits");
            for (long commit : commits) {
                json.writeString(Long.toString(commit));
            }
            json.writeEndArray();
            json.writeNumberField("rewritten-files", rewrittenFiles);
            json.writeNumberField("rewritten-bytes", rewrittenBytes);
            json.writeNumberField("added-files", addedFiles);
            json.writeNumberField("added-bytes", addedBytes);
            json.writeNumberField("removed-delete-files", removedDeleteFiles);
            json.writeNumberField("failed-groups", failedGroups);
            json.writeStringField("failure", failure);
            json.writeEndObject();
        });
    }
}
