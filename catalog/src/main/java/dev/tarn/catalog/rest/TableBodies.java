package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.bytes.Piece;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.MetadataJson;
import dev.tarn.catalog.commit.TableVersion;
import dev.tarn.catalog.credentials.Delegation;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectLabels;
import dev.tarn.catalog.planning.PlanningMode;
import dev.tarn.common.DataSize;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.Labels;
import org.apache.iceberg.LabelsParser;

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

    private final MetadataFiles files;
    private final Map<String, String> publicConfig;
    private final Cache<Key, Loaded> cache;

    /** An answer, and the one for clients that have it already. */
    record Loaded(String etag, Response response, Response notModified) {
        Response answer(Request request) {
            return ETags.isUnchanged(request, etag) ? notModified : response;
        }
    }

    private record Key(String location, Snapshots snapshots, String delegation) {}

    TableBodies(
            MetadataFiles files,
            WarehouseUri warehouse,
            S3Settings s3,
            Optional<PlanningMode> planning,
            DataSize cacheSize) {
        this.files = files;
        Map<String, String> config = new TreeMap<>(warehouse.isS3() ? s3.publicProperties() : Map.of());
        planning.ifPresent(mode -> config.put(PlanningMode.PROPERTY, mode.text()));
        this.publicConfig = config;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((Key key, Loaded ready) -> (int)
                        Math.min(Integer.MAX_VALUE, 2 * ready.response().body().length()))
                .build();
    }

    /** Differs whenever the body would. */
    String etag(String location, Snapshots snapshots, Delegation delegation) {
        return ETags.of(location + "\n" + snapshots + "\n" + delegation.tag() + "\n" + publicConfig);
    }

    Response load(String location, Snapshots snapshots, Delegation delegation) {
        Key key = new Key(location, snapshots, delegation.tag());
        return cache.get(key, absent -> build(location, snapshots, delegation)).response();
    }

    /** The answer that is ready to be sent, absent if it has to be built. */
    Optional<Loaded> inMemory(String location, Snapshots snapshots, Delegation delegation) {
        return Optional.ofNullable(cache.getIfPresent(new Key(location, snapshots, delegation.tag())));
    }

    /** The answer for a table that exists nowhere yet, and so has no metadata file. */
    Response staged(String metadataJson, Delegation delegation) {
        return Response.of(
                200,
                Map.of("content-type", "application/json"),
                body(
                        "",
                        Pieces.of(metadataJson.getBytes(StandardCharsets.UTF_8)),
                        publicConfig,
                        delegation,
                        Labels.EMPTY));
    }

    /** The last state of a table that the catalog has forgotten: nothing helps to reach its files. */
    Response forgotten(String location) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(Piece.of("{\"metadata-location\":" + Json.text(location) + ",\"metadata\":"));
        pieces.addAll(files.load(location).json().pieces().pieces());
        pieces.add(Piece.of("}"));
        return Response.of(200, Map.of("content-type", "application/json"), Pieces.of(pieces));
    }

    private Loaded build(String location, Snapshots snapshots, Delegation delegation) {
        TableVersion version = files.load(location);
        MetadataJson json =
                snapshots == Snapshots.ALL ? version.json() : version.json().referencedOnly(version.metadata());
        String etag = etag(location, snapshots, delegation);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("etag", etag);
        if (delegation.holdsCredentials()) {
            headers.put("cache-control", "private, no-cache");
        }
        Map<String, String> config = new LinkedHashMap<>(publicConfig);
        PlanningMode.of(version.metadata().properties())
                .ifPresent(mode -> config.put(PlanningMode.PROPERTY, mode.text()));
        Pieces body = body(location, json.pieces(), config, delegation, ObjectLabels.of(version.metadata()));
        return new Loaded(
                etag, Response.of(200, headers, body.joinedIfSmall()), Response.empty(304, Map.of("etag", etag)));
    }

    private static Pieces body(
            String location, Pieces metadata, Map<String, String> ofTable, Delegation delegation, Labels labels) {
        Map<String, String> config = new LinkedHashMap<>(ofTable);
        config.putAll(delegation.config());
        ObjectNode tail = Json.object();
        if (delegation.holdsCredentials()) {
            tail.set("storage-credentials", Json.storageCredentials(delegation));
        }
        if (delegation.remoteSigning()) {
            ObjectNode signing = tail.putObject("remote-signing-config");
            if (!delegation.signingProperties().isEmpty()) {
                signing.set("properties", Json.node(delegation.signingProperties()));
            }
        }
        tail.set("config", Json.node(config));
        if (!labels.isEmpty()) {
            tail.set("labels", Json.tree(LabelsParser.toJson(labels).getBytes(StandardCharsets.UTF_8)));
        }
        String head = location.isEmpty() ? "{" : "{\"metadata-location\":" + Json.text(location) + ",";
        List<Piece> pieces = new ArrayList<>();
        pieces.add(Piece.of(head + "\"metadata\":"));
        pieces.addAll(metadata.pieces());
        pieces.add(Piece.of("," + Json.text(tail).substring(1)));
        return Pieces.of(pieces);
    }
}
