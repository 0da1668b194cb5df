package dev.tarn.maintenance.orphans;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.internal.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files would be deleted; printing it is the dry run. The executor deletes no other files, and of these only those
 * that nothing refers to at that time.
 *
 * @param tableName the table as its catalog names it
 * @param tableUuid its identity, which a new table of the same name does not share
 * @param files what would go
 * @param listed files below the locations
 * @param kept why files that nothing refers to stay
 * @param isComplete whether there are no more files than the plan may hold
 */
public record OrphanPlan(
        String tableName, String tableUuid, List<OrphanFile> files, long listed, Kept kept, boolean isComplete) {
    private static final String WHAT = "orphan plan";

    /**
     * Files that stay although the table does not refer to them, by reason.
     *
     * @param young written after the time asked for
     * @param unknownAge the store or the listing does not tell when they were written
     * @param hidden below a folder whose name begins with '_' or '.'
     * @param otherTables below the location of another table inside this one's
     * @param otherPrefix referred to with another scheme or authority
     * @param waiting in a journal of an expiry, in its grace period
     * @param unreadable metadata files whose table is not known
     */
    public record Kept(
            long young,
            long unknownAge,
            long hidden,
            long otherTables,
            long otherPrefix,
            long waiting,
            long unreadable) {}

    /** Copies the list. */
    public OrphanPlan {
        files = List.copyOf(files);
    }

    /** Bytes of all files that would go. */
    public long bytes() {
        return files.stream().mapToLong(OrphanFile::bytes).sum();
    }

    /** One JSON object. */
    public String toJson() {
        return Json.text(this::writeTo);
    }

    /** The plan that {@link #toJson} wrote. Refuses anything else with {@link ErrorKind#INVALID}. */
    public static OrphanPlan fromJson(String text) {
        JsonNode json = Json.parse(WHAT, text);
        try {
            List<OrphanFile> files = new ArrayList<>();
            for (JsonNode file : Json.field(WHAT, json, "files")) {
                files.add(new OrphanFile(
                        Json.field(WHAT, file, "location").asText(),
                        Json.field(WHAT, file, "bytes").asLong(),
                        Instant.parse(Json.field(WHAT, file, "last-modified").asText())));
            }
            JsonNode kept = Json.field(WHAT, json, "kept");
            return new OrphanPlan(
                    Json.field(WHAT, json, "table").asText(),
                    Json.field(WHAT, json, "table-uuid").asText(),
                    files,
                    Json.field(WHAT, json, "listed-files").asLong(),
                    new Kept(
                            Json.field(WHAT, kept, "young").asLong(),
                            Json.field(WHAT, kept, "unknown-age").asLong(),
                            Json.field(WHAT, kept, "hidden").asLong(),
                            Json.field(WHAT, kept, "other-tables").asLong(),
                            Json.field(WHAT, kept, "other-prefix").asLong(),
                            Json.field(WHAT, kept, "waiting").asLong(),
                            Json.field(WHAT, kept, "unreadable").asLong()),
                    Json.field(WHAT, json, "complete").asBoolean());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read the %s: %s".formatted(WHAT, e.getMessage()), e);
        }
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("table", tableName);
        json.writeStringField("table-uuid", tableUuid);
        json.writeNumberField("listed-files", listed);
        json.writeNumberField("orphan-files", files.size());
        json.writeNumberField("orphan-bytes", bytes());
        json.writeBooleanField("complete", isComplete);
        json.writeObjectFieldStart("kept");
        json.writeNumberField("young", kept.young());
        json.writeNumberField("unknown-age", kept.unknownAge());
        json.writeNumberField("hidden", kept.hidden());
        json.writeNumberField("other-tables", kept.otherTables());
        json.writeNumberField("other-prefix", kept.otherPrefix());
        json.writeNumberField("waiting", kept.waiting());
        json.writeNumberField("unreadable", kept.unreadable());
        json.writeEndObject();
        json.writeArrayFieldStart("files");
        for (OrphanFile file : files) {
            json.writeStartObject();
            json.writeStringField("location", file.location());
            json.writeNumberField("bytes", file.bytes());
            json.writeStringField("last-modified", file.lastModified().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
