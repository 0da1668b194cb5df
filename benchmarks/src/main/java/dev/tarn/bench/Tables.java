package dev.tarn.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.types.Types;

/** Makes the tables that are measured: ten columns, and snapshots with the summary that an engine writes. Thread-safe. */
final class Tables {
    static final String NAMESPACE = "bench";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long FIRST_MILLIS = 1_767_225_600_000L;
    private static final long SEED = 42;

    private final RestClient client = new RestClient();

    static String path(String table) {
        return "/namespaces/" + NAMESPACE + "/tables/" + table;
    }

    RestClient client() {
        return client;
    }

    void createNamespace(Peer peer, String namespace) {
        client.post(peer, "/namespaces", "{\"namespace\":[\"%s\"],\"properties\":{}}".formatted(namespace));
    }

    /** The body of a request that creates a table. */
    static String create(String table) {
        StringBuilder fields = new StringBuilder();
        for (int i = 1; i <= 10; i++) {
            fields.append(i == 1 ? "" : ",")
                    .append("{\"id\":%d,\"name\":\"column_%d\",\"required\":false,\"type\":\"%s\"}"
                            .formatted(i, i, i % 2 == 0 ? "string" : "long"));
        }
        return ("{\"name\":\"%s\",\"schema\":{\"type\":\"struct\",\"schema-id\":0,\"fields\":[%s]},"
                        + "\"stage-create\":false,\"properties\":{\"owner\":\"bench\"}}")
                .formatted(table, fields);
    }

    /** A table made through the protocol, a commit per snapshot. */
    void create(Peer peer, String table, int snapshots) {
        String location = location(client.post(peer, "/namespaces/" + NAMESPACE + "/tables", create(table)));
        Random random = new Random(SEED);
        long parent = -1;
        for (int i = 1; i <= snapshots; i++) {
            ObjectNode snapshot = snapshot(random, i, parent, System.currentTimeMillis(), location);
            parent = snapshot.get("snapshot-id").asLong();
            client.post(peer, path(table), """
                    {"requirements":[],"updates":[{"action":"add-snapshot","snapshot":%s},
                    {"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":%d}]}""".formatted(snapshot, parent));
        }
    }

    private static String location(String loaded) {
        try {
            return JSON.readTree(loaded).at("/metadata/location").textValue();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer to a create is no JSON", e);
        }
    }

    /** A table with a history as long as wanted, registered from a file below the peer's warehouse. */
    void register(Peer peer, String table, int snapshots) {
        Path home = peer.warehouse().resolve(NAMESPACE).resolve(table);
        Path file = home.resolve("metadata").resolve("00000-" + UUID.randomUUID() + ".metadata.json");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, history(home, snapshots));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
        client.post(
                peer,
                "/namespaces/" + NAMESPACE + "/register",
                "{\"name\":\"%s\",\"metadata-location\":\"file://%s\"}".formatted(table, file));
    }

    /** A commit that changes one property. The number makes each one different; its width does not vary. */
    static String setProperty(long number) {
        return "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"counter\":\"%012d\"}}]}"
                .formatted(number);
    }

    /** The metadata of a table as JSON. */
    static String history(Path home, int snapshots) {
        Types.NestedField[] columns = new Types.NestedField[10];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = Types.NestedField.optional(
                    i + 1, "column_" + (i + 1), i % 2 == 0 ? Types.LongType.get() : Types.StringType.get());
        }
        TableMetadata empty = TableMetadata.newTableMetadata(
                new Schema(columns),
                PartitionSpec.unpartitioned(),
                SortOrder.unsorted(),
                "file://" + home,
                Map.of("owner", "bench"));
        try {
            ObjectNode metadata = (ObjectNode) JSON.readTree(TableMetadataParser.toJson(empty));
            ArrayNode all = metadata.putArray("snapshots");
            ArrayNode log = metadata.putArray("snapshot-log");
            Random random = new Random(SEED);
            long parent = -1;
            for (int i = 1; i <= snapshots; i++) {
                ObjectNode snapshot = snapshot(random, i, parent, FIRST_MILLIS + i * 60_000L, "file://" + home);
                parent = snapshot.get("snapshot-id").asLong();
                all.add(snapshot);
                log.addObject().put("timestamp-ms", FIRST_MILLIS + i * 60_000L).put("snapshot-id", parent);
            }
            metadata.put("last-sequence-number", snapshots);
            metadata.put("last-updated-ms", FIRST_MILLIS + snapshots * 60_000L);
            metadata.put("current-snapshot-id", parent);
            metadata.putObject("refs")
                    .putObject("main")
                    .put("snapshot-id", parent)
                    .put("type", "branch");
            return JSON.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Iceberg wrote no JSON", e);
        }
    }

    private static ObjectNode snapshot(Random random, int number, long parent, long millis, String location) {
        long id = random.nextLong(Long.MAX_VALUE);
        ObjectNode snapshot = JSON.createObjectNode();
        snapshot.put("sequence-number", number).put("snapshot-id", id);
        if (parent >= 0) {
            snapshot.put("parent-snapshot-id", parent);
        }
        snapshot.put("timestamp-ms", millis);
        snapshot.set("summary", summary(random, number));
        snapshot.put(
                "manifest-list",
                "%s/metadata/snap-%d-1-%s.avro"
                        .formatted(location, id, new UUID(random.nextLong(), random.nextLong())));
        snapshot.put("schema-id", 0);
        return snapshot;
    }

    private static JsonNode summary(Random random, int number) {
        return JSON.createObjectNode()
                .put("operation", "append")
                .put("spark.app.id", "local-1767225600000")
                .put("added-data-files", "4")
                .put("added-records", Integer.toString(random.nextInt(1_000_000)))
                .put("added-files-size", Integer.toString(random.nextInt(100_000_000)))
                .put("changed-partition-count", "1")
                .put("total-records", Integer.toString(500_000 * number))
                .put("total-files-size", Long.toString(50_000_000L * number))
                .put("total-data-files", Integer.toString(4 * number))
                .put("total-delete-files", "0")
                .put("total-position-deletes", "0")
                .put("total-equality-deletes", "0");
    }
}
