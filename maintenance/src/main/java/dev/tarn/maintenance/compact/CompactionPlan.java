package dev.tarn.maintenance.compact;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.internal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a compaction would do; printing it is the dry run.
 *
 * @param tableName the table as its catalog names it
 * @param snapshotId the snapshot that was planned, or -1 for a table without one
 * @param groups what is rewritten, and what was looked at and skipped
 */
public record CompactionPlan(String tableName, long snapshotId, List<CompactionGroup> groups) {
    /** The snapshot id of a plan for a table that has no snapshot. */
    public static final long NO_SNAPSHOT = -1;

    private static final String WHAT = "compaction plan";

    /** Copies the groups. */
    public CompactionPlan {
        groups = List.copyOf(groups);
    }

    /** The groups that are rewritten. */
    public List<CompactionGroup> work() {
        return groups.stream().filter(group -> group.tier() != Tier.SKIP).toList();
    }

    /** One JSON object; ids are strings, because they do not fit into the numbers of every reader. */
    public String toJson() {
        return Json.text(this::writeTo);
    }

    /** The plan that {@link #toJson} wrote. Refuses anything else with {@link ErrorKind#INVALID}. */
    public static CompactionPlan fromJson(String text) {
        JsonNode json = Json.parse(WHAT, text);
        try {
            List<CompactionGroup> groups = new ArrayList<>();
            for (JsonNode group : Json.field(WHAT, json, "groups")) {
                groups.add(readGroup(group));
            }
            return new CompactionPlan(
                    Json.field(WHAT, json, "table").asText(),
                    Long.parseLong(Json.field(WHAT, json, "snapshot-id").asText()),
                    groups);
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read the %s: %s".formatted(WHAT, e.getMessage()), e);
        }
    }

    private static CompactionGroup readGroup(JsonNode group) {
        List<CompactionInput> inputs = new ArrayList<>();
        for (JsonNode input : Json.field(WHAT, group, "inputs")) {
            inputs.add(new CompactionInput(
                    Json.field(WHAT, input, "location").asText(),
                    Json.field(WHAT, input, "bytes").asLong(),
                    Json.field(WHAT, input, "records").asLong(),
                    Json.field(WHAT, input, "delete-files").asInt()));
        }
        return new CompactionGroup(
                Json.field(WHAT, group, "spec-id").asInt(),
                Json.field(WHAT, group, "partition").asText(),
                Tier.valueOf(Json.field(WHAT, group, "tier").asText()),
                Json.field(WHAT, group, "reason").asText(),
                Json.field(WHAT, group, "expected-output-files").asInt(),
                inputs);
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("table", tableName);
        json.writeStringField("snapshot-id", Long.toString(snapshotId));
        json.writeArrayFieldStart("groups");
        for (CompactionGroup group : groups) {
            json.writeStartObject();
            json.writeNumberField("spec-id", group.specId());
            json.writeStringField("partition", group.partition());
            json.writeStringField("tier", group.tier().name());
            json.writeStringField("reason", group.reason());
            json.writeNumberField("expected-output-files", group.expectedOutputFiles());
            json.writeNumberField("bytes", group.bytes());
            json.writeArrayFieldStart("inputs");
            for (CompactionInput input : group.inputs()) {
                json.writeStartObject();
                json.writeStringField("location", input.location());
                json.writeNumberField("bytes", input.bytes());
                json.writeNumberField("records", input.records());
                json.writeNumberField("delete-files", input.deleteFiles());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
