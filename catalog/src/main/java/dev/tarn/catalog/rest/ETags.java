package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Request;
import java.util.Arrays;

/** Compares what clients have with what there is. */
final class ETags {
    private ETags() {}

    /** Whether the client says that it has this version already, or any. */
    static boolean isUnchanged(Request request, String etag) {
        String given = request.headers().get("if-none-match");
        if (given == null) {
            return false;
        }
        return given.equals(etag) || names(given, etag) || names(given, "*");
    }

    /** Whether the client says that it has this very version: a star is not enough. */
    static boolean holds(Request request, String etag) {
        String given = request.headers().get("if-none-match");
        return given != null && (given.equals(etag) || names(given, etag));
    }

    private static boolean names(String given, String etag) {
        return Arrays.stream(given.split(",", -1))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .anyMatch(tag -> tag.equals(etag));
    }
}
