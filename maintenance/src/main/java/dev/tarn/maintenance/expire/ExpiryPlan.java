package dev.tarn.maintenance.expire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.internal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an expiry would do; printing it is the dry run. The files are what the planner saw: the executor computes them
 * again and trusts no list.
 *
 * @param tableName the table as its catalog names it
 * @param snapshotIds snapshots that go, oldest first
 * @param removedRefs branches and tags that go because they are older than their rule allows
 * @param keptRefs branches and tags that stay
 * @param files files that nothing would reach any more
 */
public record ExpiryPlan(
        String tableName,
        List<Long> snapshotIds,
        List<String> removedRefs,
        List<String> keptRefs,
        List<TableFile> files) {
    private static final String WHAT = "expiry plan";

    /** Copies the lists. */
    public ExpiryPlan {
        snapshotIds = List.copyOf(snapshotIds);
        removedRefs = List.copyOf(removedRefs);
        keptRefs = List.copyOf(keptRefs);
        files = List.copyOf(files);
    }

    /** Whether there is nothing to expire. */
    public boolean isEmpty() {
        return snapshotIds.isEmpty() && removedRefs.isEmpty();
    }

    /** Files of one kind. */
    public List<TableFile> files(FileKind kind) {
        return files.stream().filter(file -> file.kind() == kind).toList();
    }

    /** One JSON object; ids are strings. */
    public String toJson() {
        return Json.text(this::writeTo);
    }

    /** The plan that {@link #toJson} wrote. Refuses anything else with {@link ErrorKind#INVALID}. */
    public static ExpiryPlan fromJson(String text) {
        JsonNode json = Json.parse(WHAT, text);
        try {
            List<Long> snapshotIds = new ArrayList<>();
            for (JsonNode id : Json.field(WHAT, json, "snapshot-ids")) {
                snapshotIds.add(Long.parseLong(id.asText()));
            }
            return new ExpiryPlan(
                    Json.field(WHAT, json, "table").asText(),
                    snapshotIds,
                    texts(Json.field(WHAT, json, "removed-refs")),
                    texts(Json.field(WHAT, json, "kept-refs")),
                    TableFileJson.read(WHAT, Json.field(WHAT, json, "files")));
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, "Cannot read the %s: %s".formatted(WHAT, e.getMessage()), e);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("table", tableName);
        json.writeArrayFieldStart("snapshot-ids");
        for (long id : snapshotIds) {
            json.writeString(Long.toString(id));
        }
        json.writeEndArray();
        TableFileJson.writeTexts(json, "removed-refs", removedRefs);
        TableFileJson.writeTexts(json, "kept-refs", keptRefs);
        json.writeObjectFieldStart("unreachable");
        for (FileKind kind : FileKind.values()) {
            List<TableFile> ofKind = files(kind);
            if (!ofKind.isEmpty()) {
                json.writeObjectFieldStart(kind.name());
                json.writeNumberField("files", ofKind.size());
                json.writeNumberField(
                        "bytes", ofKind.stream().mapToLong(TableFile::bytes).sum());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
        TableFileJson.write(json, "files", files);
        json.writeEndObject();
    }
}
