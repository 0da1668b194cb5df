package dev.tarn.catalog.histories;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.testkit.histories.Seen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client read of a table. The number of the transaction that made a snapshot is the id of the snapshot, so that the
 * ancestors of the current one are the list of the appends.
 *
 * @param uuid of the table
 * @param location of the table
 * @param properties of the table
 * @param seen the appends
 */
record LoadedTable(String uuid, String location, Map<String, String> properties, Seen seen) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads an answer that has all snapshots, or only the current one. */
    static LoadedTable of(String body) {
        try {
            JsonNode metadata = JSON.readTree(body).path("metadata");
            Map<String, String> properties = new HashMap<>();
            metadata.path("properties")
                    .properties()
                    .forEach(entry ->
                            properties.put(entry.getKey(), entry.getValue().asText()));
            return new LoadedTable(
                    metadata.path("table-uuid").asText(),
                    metadata.path("location").asText(),
                    properties,
                    seen(metadata));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer is not JSON", e);
        }
    }

    private static Seen seen(JsonNode metadata) {
        Map<Long, JsonNode> snapshots = new HashMap<>();
        metadata.path("snapshots")
                .forEach(one -> snapshots.put(one.path("snapshot-id").asLong(), one));
        List<Integer> tail = new ArrayList<>();
        JsonNode head = snapshots.get(metadata.path("current-snapshot-id").asLong(-1));
        int length = head == null ? 0 : head.path("sequence-number").asInt();
        for (JsonNode one = head;
                one != null;
                one = snapshots.get(one.path("parent-snapshot-id").asLong(-1))) {
            tail.add(one.path("snapshot-id").asInt());
        }
        Collections.reverse(tail);
        return new Seen(length, tail);
    }

    private long head() {
        return seen.tail().isEmpty() ? -1 : seen.tail().get(seen.tail().size() - 1);
    }

    /** A commit that appends to what was read, and to nothing newer. */
    ObjectNode append(String namespace, String name, int id) {
        ObjectNode commit = requirement(namespace, name);
        ArrayNode updates = (ArrayNode) commit.get("updates");
        ObjectNode added = updates.addObject().put("action", "add-snapshot").putObject("snapshot");
        added.put("snapshot-id", (long) id)
                .put("sequence-number", (long) seen.length() + 1)
                .put("timestamp-ms", System.currentTimeMillis())
                .put("manifest-list", location + "/metadata/snap-" + id + ".avro")
                .put("schema-id", 0)
                .putObject("summary")
                .put("operation", "append");
        if (head() >= 0) {
            added.put("parent-snapshot-id", head());
        }
        updates.addObject()
                .put("action", "set-snapshot-ref")
                .put("ref-name", "main")
                .put("type", "branch")
                .put("snapshot-id", (long) id);
        return commit;
    }

    /** A commit that changes nothing, and fails if the table is not as it was read. */
    ObjectNode requirement(String namespace, String name) {
        ObjectNode commit = JSON.createObjectNode();
        ObjectNode identifier = commit.putObject("identifier");
        identifier.putArray("namespace").add(namespace);
        identifier.put("name", name);
        ArrayNode requirements = commit.putArray("requirements");
        requirements.addObject().put("type", "assert-table-uuid").put("uuid", uuid);
        ObjectNode main =
                requirements.addObject().put("type", "assert-ref-snapshot-id").put("ref", "main");
        if (head() >= 0) {
            main.put("snapshot-id", head());
        } else {
            main.putNull("snapshot-id");
        }
        commit.putArray("updates");
        return commit;
    }

    /** A request that makes a table. */
    static String create(String name, Map<String, String> properties) {
        ObjectNode create = JSON.createObjectNode().put("name", name);
        create.putObject("schema")
                .put("type", "struct")
                .putArray("fields")
                .addObject()
                .put("id", 1)
                .put("name", "id")
                .put("required", true)
                .put("type", "long");
        ObjectNode all = create.putObject("properties");
        properties.forEach(all::put);
        return create.toString();
    }
}
