package dev.tarn.maintenance.expire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.maintenance.internal.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The JSON of file lists, which plans and journals share. */
final class TableFileJson {
    private TableFileJson() {}

    static void write(JsonGenerator json, String field, Collection<TableFile> files) throws IOException {
        json.writeArrayFieldStart(field);
        for (TableFile file : files) {
            json.writeStartObject();
            json.writeStringField("kind", file.kind().name());
            json.writeStringField("location", file.location());
            json.writeNumberField("bytes", file.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void writeTexts(JsonGenerator json, String field, Collection<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    static List<TableFile> read(String what, JsonNode array) {
        List<TableFile> files = new ArrayList<>();
        for (JsonNode file : array) {
            files.add(new TableFile(
                    FileKind.valueOf(Json.field(what, file, "kind").asText()),
                    Json.field(what, file, "location").asText(),
                    Json.field(what, file, "bytes").asLong()));
        }
        return files;
    }
}
