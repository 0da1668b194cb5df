package dev.tarn.catalog.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Turns what records hold into the text of a column and back. Thread-safe. */
final class StoredText {
    /** Names hold no control characters, so that nothing in them can be taken for the separator. */
    private static final String SEPARATOR = "\u001f";

    /** An index entry of PostgreSQL has about 2,700 bytes; longer paths are found by their hash. */
    private static final int MAX_PATH_KEY_BYTES = 1_024;

    private static final String HASHED = "\u001e";
    private static final ObjectMapper JSON = new ObjectMapper();

    private StoredText() {}

    static String path(List<String> levels) {
        return String.join(SEPARATOR, levels);
    }

    static List<String> levels(String path) {
        return path.isEmpty() ? List.of() : List.of(path.split(SEPARATOR, -1));
    }

    /** What a namespace is found by: its path, or the hash of a long one. */
    static String pathKey(List<String> levels) {
        String path = path(levels);
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_PATH_KEY_BYTES
                ? path
                : HASHED + HexFormat.of().formatHex(Sha256.of(bytes));
    }

    static String json(Map<String, String> properties) {
        try {
            return JSON.writeValueAsString(properties);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Properties cannot be written as JSON", e);
        }
    }

    static Map<String, String> properties(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Stored properties are not JSON", e);
        }
    }
}
