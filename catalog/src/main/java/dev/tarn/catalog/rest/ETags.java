package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Request;
import dev.tarn.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Makes the tags of answers, and compares what clients have with what there is. */
final class ETags {
    /** Bytes of the hash in a tag: two answers never share one by chance. */
    private static final int TAG_BYTES = 16;

    private ETags() {}

    /** The tag of an answer, from everything that the answer depends on. */
    static String of(String everything) {
        byte[] hash = Sha256.of(everything.getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(hash, 0, TAG_BYTES) + '"';
    }

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
