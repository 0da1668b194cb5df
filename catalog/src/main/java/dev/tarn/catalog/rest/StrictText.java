package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * Refuses what a JSON parser accepts but what would not come back as it was sent: other encodings than UTF-8, a byte order
 * mark, and halves of surrogate pairs. Pure functions.
 */
final class StrictText {
    private StrictText() {}

    /** Refuses bytes that are not plain UTF-8. */
    static void check(byte[] body) {
        boolean mark = body.length >= 3 && (body[0] & 0xff) == 0xef && (body[1] & 0xff) == 0xbb;
        boolean wide = body.length >= 2 && (body[0] == 0 || body[1] == 0 || (body[0] & 0xff) >= 0xfe);
        if (mark || wide) {
            throw new BadRequestException("The request body must be UTF-8 without a byte order mark");
        }
        for (int i = 0; i + 1 < body.length; i++) {
            if ((body[i] & 0xff) == 0xed && (body[i + 1] & 0xff) >= 0xa0) {
                throw new BadRequestException("The request body holds a half of a surrogate pair");
            }
        }
    }

    /** Whether a value may hold an escaped surrogate, so that {@link #check(JsonNode)} is worth its walk. */
    static boolean mayHoldSurrogates(byte[] body) {
        for (int i = 0; i + 3 < body.length; i++) {
            if (body[i] == '\\' && body[i + 1] == 'u' && (body[i + 2] | 0x20) == 'd' && body[i + 3] >= '8') {
                return true;
            }
        }
        return false;
    }

    /** Refuses texts and field names with halves of surrogate pairs. */
    static void check(JsonNode tree) {
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(tree);
        while (!open.isEmpty()) {
            JsonNode node = open.remove();
            if (node.isTextual()) {
                check(node.textValue());
            }
            node.fieldNames().forEachRemaining(StrictText::check);
            node.forEach(open::add);
        }
    }

    private static void check(String text) {
        boolean broken = text.codePoints()
                .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
        if (broken) {
            throw new BadRequestException("The request body holds a half of a surrogate pair");
        }
    }
}
