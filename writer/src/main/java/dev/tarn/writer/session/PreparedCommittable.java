package dev.tarn.writer.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.ProducerToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Finished files that are not in a table yet, with all that another process needs to commit them once: the first half of a
 * two-phase commit. Immutable. Frameworks keep it as bytes in their checkpoints; see {@link Committables}.
 *
 * @param tableId of the table that the files are for
 * @param branch where they go
 * @param token names the unit of work; its sequence is the checkpoint
 * @param positions tokens of the sources that were read, which move with the same commit
 * @param summary properties for the snapshot summary
 * @param files as JSON in Iceberg's own form for scan tasks
 */
public record PreparedCommittable(
        UUID tableId,
        String branch,
        ProducerToken token,
        List<ProducerToken> positions,
        Map<String, String> summary,
        List<String> files) {
    /** Version of {@link #toBytes}. A reader refuses versions that it does not know. */
    public static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the collections. */
    public PreparedCommittable {
        positions = List.copyOf(positions);
        summary = Map.copyOf(summary);
        files = List.copyOf(files);
    }

    static PreparedCommittable of(
            Table table,
            String branch,
            ProducerToken token,
            List<ProducerToken> positions,
            Map<String, String> summary,
            List<DataFile> files) {
        List<String> json = new ArrayList<>();
        files.forEach(
                file -> json.add(ContentFileParser.toJson(file, table.specs().get(file.specId()))));
        return new PreparedCommittable(table.uuid(), branch, token, positions, summary, json);
    }

    /** Where the files lie, for whoever has to look after them. */
    public List<String> locations() {
        return files.stream().map(file -> read(file).get("file-path").asText()).toList();
    }

    /** Version, table, tokens and files, in JSON. */
    public byte[] toBytes() {
        ObjectNode root = JSON.createObjectNode()
                .put("version", VERSION)
                .put("table-id", tableId.toString())
                .put("branch", branch);
        root.set("token", token(token));
        ArrayNode allPositions = root.putArray("positions");
        positions.forEach(position -> allPositions.add(token(position)));
        ObjectNode properties = root.putObject("summary");
        new TreeMap<>(summary).forEach(properties::put);
        ArrayNode allFiles = root.putArray("files");
        files.forEach(file -> allFiles.add(read(file)));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a committable", e);
        }
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws TarnException UNSUPPORTED for another version, CORRUPT for anything else
     */
    public static PreparedCommittable fromBytes(byte[] bytes) {
        try {
            JsonNode root = JSON.readTree(bytes);
            int version = root.path("version").asInt(-1);
            if (version != VERSION) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "A committable of version %d cannot be read: expected version %d; commit it with the release that wrote it"
                                .formatted(version, VERSION));
            }
            Map<String, String> summary = new TreeMap<>();
            root.required("summary")
                    .properties()
                    .forEach(entry ->
                            summary.put(entry.getKey(), entry.getValue().asText()));
            return new PreparedCommittable(
                    UUID.fromString(root.required("table-id").asText()),
                    root.required("branch").asText(),
                    token(root.required("token")),
                    elements(root.required("positions")).stream()
                            .map(PreparedCommittable::token)
                            .toList(),
                    summary,
                    elements(root.required("files")).stream()
                            .map(JsonNode::toString)
                            .toList());
        } catch (IOException | IllegalArgumentException e) {
            throw new TarnException(ErrorKind.CORRUPT, "A committable cannot be read: " + e.getMessage(), e);
        }
    }

    List<DataFile> dataFiles(Table table) {
        List<DataFile> read = new ArrayList<>();
        for (String file : files) {
            read.add((DataFile) ContentFileParser.fromJson(read(file), table.specs()));
        }
        return read;
    }

    private static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static ObjectNode token(ProducerToken token) {
        return JSON.createObjectNode()
                .put("producer", token.producer())
                .put("epoch", token.epoch())
                .put("sequence", token.sequence());
    }

    private static ProducerToken token(JsonNode node) {
        return new ProducerToken(
                node.required("producer").asText(),
                node.required("epoch").asLong(),
                node.required("sequence").asLong());
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new TarnException(ErrorKind.CORRUPT, "A file of a committable cannot be read", e);
        }
    }
}
