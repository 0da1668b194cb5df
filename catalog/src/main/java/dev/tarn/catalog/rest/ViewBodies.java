package dev.tarn.catalog.rest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.bytes.Piece;
import dev.tarn.catalog.bytes.Pieces;
import dev.tarn.catalog.commit.StoredView;
import dev.tarn.catalog.commit.ViewFiles;
import dev.tarn.catalog.http.Response;
import dev.tarn.catalog.model.ObjectLabels;
import dev.tarn.common.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Labels;
import org.apache.iceberg.LabelsParser;

/**
 * The bodies of load answers of views, ready to be sent in plain and in gzip, by metadata file. A warm answer parses and
 * serialises nothing. Thread-safe.
 */
final class ViewBodies {
    private final ViewFiles files;
    private final Cache<String, Response> cache;

    ViewBodies(ViewFiles files, DataSize cacheSize) {
        this.files = files;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheSize.bytes())
                .weigher((String location, Response ready) ->
                        (int) Math.min(Integer.MAX_VALUE, 2 * ready.body().length()))
                .build();
    }

    /** Differs whenever the body would, since metadata files never change. */
    static String etag(String location) {
        return ETags.of("view\n" + location);
    }

    Response load(String location) {
        return cache.get(location, this::build);
    }

    private Response build(String location) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(Piece.of("{\"metadata-location\":" + Json.text(location) + ",\"metadata\":"));
        StoredView view = files.load(location);
        pieces.addAll(view.json().pieces());
        Labels labels = ObjectLabels.of(view.metadata());
        String tail = labels.isEmpty() ? "}" : ",\"labels\":" + LabelsParser.toJson(labels) + "}";
        pieces.add(Piece.of(",\"config\":{}" + tail));
        return Response.of(200, Map.of("content-type", "application/json", "etag", etag(location)), Pieces.of(pieces));
    }
}
