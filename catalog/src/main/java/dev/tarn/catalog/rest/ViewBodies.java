package dev.tarn.catalog.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.StoredView;
import dev.tarn.catalog.commit.ViewFiles;
import dev.tarn.catalog.http.Response;
import dev.tarn.common.DataSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The bodies of load answers of views, ready to be sent in plain and in gzip, by metadata file. A warm answer parses and
 * serialises nothing. Thread-safe.
 */
final class ViewBodies {
    private final ViewFiles files;
    private final Cache<String, Ready> cache;

    @SuppressWarnings("ArrayRecordComponent") // Bytes travel to the wire as they are; nobody compares bodies.
    private record Ready(byte[] plain, byte[] gzip, String etag) {}

    ViewBodies(ViewFiles files, DataSize cacheSize) {
        this.files = files;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, Ready ready) -> ready.plain().length + ready.gzip().length)
                .build();
    }

    /** Differs whenever the body would, since metadata files never change. */
    static String etag(String location) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(("view\n" + location).getBytes(StandardCharsets.UTF_8));
            return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    Response load(String location) {
        Ready ready = cache.get(location, this::build);
        return new Response(
                200, Map.of("content-type", "application/json", "etag", ready.etag()), ready.plain(), ready.gzip());
    }

    private Ready build(String location) {
        StoredView view = files.load(location);
        ByteArrayOutputStream body = new ByteArrayOutputStream(view.json().length + 256);
        body.writeBytes(
                ("{\"metadata-location\":" + Json.text(location) + ",\"metadata\":").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(view.json());
        body.writeBytes(",\"config\":{}}".getBytes(StandardCharsets.UTF_8));
        byte[] plain = body.toByteArray();
        return new Ready(plain, MetadataFiles.gzip(plain), etag(location));
    }
}
