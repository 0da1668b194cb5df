package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.TableVersion;
import dev.tarn.catalog.http.Response;
import dev.tarn.common.DataSize;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.TableMetadata;

/**
 * The bodies of load answers, ready to be sent in plain and in gzip, by metadata file, snapshots mode and delegation. A
 * warm answer parses and serialises nothing. Thread-safe.
 */
final class TableBodies {
    /** Which snapshots a load answer lists. */
    enum Snapshots {
        /** Every one. */
        ALL,
        /** Those that a branch or tag points at. */
        REFS
    }

    /** Whether an answer carries credentials. */
    enum Delegation {
        /** It does not. */
        NONE,
        /** The client asked for them and the server gives its own. */
        VENDED
    }

    private final MetadataFiles files;
    private final Map<String, String> publicConfig;
    private final Map<String, String> credentials;
    private final Cache<Key, Ready> cache;

    private record Key(String location, Snapshots snapshots, Delegation delegation) {}

    @SuppressWarnings("ArrayRecordComponent") // Bytes travel to the wire as they are; nobody compares bodies.
    private record Ready(byte[] plain, byte[] gzip) {}

    TableBodies(
            MetadataFiles files, WarehouseUri warehouse, S3Settings s3, boolean vendCredentials, DataSize cacheSize) {
        this.files = files;
        this.publicConfig = warehouse.isS3() ? s3.publicProperties() : Map.of();
        this.credentials = warehouse.isS3() && vendCredentials ? s3.credentialProperties() : Map.of();
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((Key key, Ready ready) -> ready.plain().length + ready.gzip().length)
                .build();
    }

    Delegation delegation(RestRequest request) {
        // The server's own credentials open every table of the warehouse.
        boolean vended = request.asksForCredentials()
                && !credentials.isEmpty()
                && request.may(Privilege.TABLE_WRITE_DATA, Securable.warehouse());
        return vended ? Delegation.VENDED : Delegation.NONE;
    }

    /** Differs whenever the body would. */
    String etag(String location, Snapshots snapshots, Delegation delegation) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String all = location + "\n" + snapshots + "\n" + delegation + "\n" + publicConfig;
            byte[] hash = digest.digest(all.getBytes(StandardCharsets.UTF_8));
            return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    Response load(String location, Snapshots snapshots, Delegation delegation) {
        Ready ready = cache.get(new Key(location, snapshots, delegation), this::build);
        return new Response(
                200,
                Map.of("content-type", "application/json", "etag", etag(location, snapshots, delegation)),
                ready.plain(),
                ready.gzip());
    }

    /** The answer for a table that exists nowhere yet, and so has no metadata file. */
    Response staged(String metadataJson, Delegation delegation) {
        byte[] body = body("", metadataJson.getBytes(StandardCharsets.UTF_8), "", delegation);
        return Response.of(200, "application/json", body);
    }

    /** The last state of a table that the catalog has forgotten: nothing helps to reach its files. */
    Response forgotten(String location) {
        String head = "{\"metadata-location\":" + Json.text(location) + ",\"metadata\":";
        byte[] metadata = files.load(location).json();
        ByteArrayOutputStream body = new ByteArrayOutputStream(metadata.length + 512);
        body.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        body.writeBytes(metadata);
        body.write('}');
        return Response.of(200, "application/json", body.toByteArray());
    }

    private Ready build(Key key) {
        TableVersion version = files.load(key.location());
        byte[] metadata = key.snapshots() == Snapshots.ALL ? version.json() : referencedOnly(version);
        byte[] plain = body(key.location(), metadata, version.metadata().location(), key.delegation());
        return new Ready(plain, MetadataFiles.gzip(plain));
    }

    private byte[] body(String location, byte[] metadata, String tableLocation, Delegation delegation) {
        Map<String, String> config = new LinkedHashMap<>(publicConfig);
        ObjectNode tail = Json.object();
        if (delegation == Delegation.VENDED) {
            config.putAll(credentials);
            Map<String, String> storage = new LinkedHashMap<>(credentials);
            if (!tableLocation.isEmpty()) {
                tail.set(
                        "storage-credentials",
                        Json.node(List.of(Map.of("prefix", tableLocation + "/", "config", storage))));
            }
        }
        tail.set("config", Json.node(config));
        ByteArrayOutputStream body = new ByteArrayOutputStream(metadata.length + 512);
        String head = location.isEmpty() ? "{" : "{\"metadata-location\":" + Json.text(location) + ",";
        body.writeBytes((head + "\"metadata\":").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(metadata);
        body.writeBytes(("," + Json.text(tail).substring(1)).getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static byte[] referencedOnly(TableVersion version) {
        TableMetadata metadata = version.metadata();
        Set<Long> referenced = new HashSet<>();
        metadata.refs().values().forEach(ref -> referenced.add(ref.snapshotId()));
        if (metadata.snapshots().size() == referenced.size()
                || !(Json.tree(version.json()) instanceof ObjectNode tree)
                || !(tree.get("snapshots") instanceof ArrayNode snapshots)) {
            return version.json();
        }
        ArrayNode kept = tree.putArray("snapshots");
        for (JsonNode snapshot : snapshots) {
            if (referenced.contains(snapshot.path("snapshot-id").asLong())) {
                kept.add(snapshot);
            }
        }
        return Json.bytes(tree);
    }
}
