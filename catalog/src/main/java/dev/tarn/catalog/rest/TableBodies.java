package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
import dev.tarn.catalog.bytes.Piece;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.MetadataJson;
import dev.tarn.catalog.commit.TableVersion;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectLabels;
import dev.tarn.common.DataSize;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Cache<Key, Loaded> cache;

    /** An answer, and the one for clients that have it already. */
    record Loaded(String etag, Response response, Response notModified) {
        Response answer(Request request) {
            return ETags.isUnchanged(request, etag) ? notModified : response;
        }
    }

    private record Key(String location, Snapshots snapshots, Delegation delegation) {}

    TableBodies(
            MetadataFiles files, WarehouseUri warehouse, S3Settings s3, boolean vendCredentials, DataSize cacheSize) {
        this.files = files;
        this.publicConfig = warehouse.isS3() ? s3.publicProperties() : Map.of();
        this.credentials = warehouse.isS3() && vendCredentials ? s3.credentialProperties() : Map.of();
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((Key key, Loaded ready) -> (int)
                        Math.min(Integer.MAX_VALUE, 2 * ready.response().body().length()))
                .build();
    }

    Delegation delegation(RestRequest request) {
        // The server's own credentials open every table of the warehouse.
        boolean vended = RestRequest.asksForCredentials(request.http())
                && !credentials.isEmpty()
                && request.may(Privilege.TABLE_WRITE_DATA, Securable.warehouse());
        return vended ? Delegation.VENDED : Delegation.NONE;
    }

    /** What the client asked for to read the files of a plan, as a JSON array; empty if nothing. */
    String storageCredentials(RestRequest request, String metadataLocation) {
        if (delegation(request) == Delegation.NONE) {
            return "";
        }
        String location = files.load(metadataLocation).metadata().location();
        return Json.text(List.of(Map.of("prefix", location + "/", "config", credentials)));
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
        return cache.get(new Key(location, snapshots, delegation), this::build).response();
    }

    /** The answer that is ready to be sent, absent if it has to be built. */
    Optional<Loaded> inMemory(String location, Snapshots snapshots, Delegation delegation) {
        return Optional.ofNullable(cache.getIfPresent(new Key(location, snapshots, delegation)));
    }

    /** The answer for a table that exists nowhere yet, and so has no metadata file. */
    Response staged(String metadataJson, Delegation delegation) {
        return Response.of(
                200,
                Map.of("content-type", "application/json"),
                body("", Pieces.of(metadataJson.getBytes(StandardCharsets.UTF_8)), "", delegation, Labels.EMPTY));
    }

    /** The last state of a table that the catalog has forgotten: nothing helps to reach its files. */
    Response forgotten(String location) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(Piece.of("{\"metadata-location\":" + Json.text(location) + ",\"metadata\":"));
        pieces.addAll(files.load(location).json().pieces().pieces());
        pieces.add(Piece.of("}"));
        return Response.of(200, Map.of("content-type", "application/json"), Pieces.of(pieces));
    }

    private Loaded build(Key key) {
        TableVersion version = files.load(key.location());
        MetadataJson json = key.snapshots() == Snapshots.ALL
                ? version.json()
                : version.json().referencedOnly(version.metadata());
        String etag = etag(key.location(), key.snapshots(), key.delegation());
        Pieces body = body(
                key.location(),
                json.pieces(),
                version.metadata().location(),
                key.delegation(),
                ObjectLabels.of(version.metadata()));
        return new Loaded(
                etag,
                Response.of(200, Map.of("content-type", "application/json", "etag", etag), body.joinedIfSmall()),
                Response.empty(304, Map.of("etag", etag)));
    }

    private Pieces body(String location, Pieces metadata, String tableLocation, Delegation delegation, Labels labels) {
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
