package dev.tarn.catalog.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * Refuses what a JSON parser accepts but what would not come back as it was sent: other encodings than UTF-8, a byte order
 * mark, and halves of surrogate pairs. Pure functions.
 */
final class StrictText {
    private StrictText() {}

    /**
     * The text of bytes in UTF-8. JSON's own reader would find out about other encodings, but what one part of a system
     * reads otherwise than another one is a way around its rules.
     */
    static String decode(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            if (text.startsWith("\ufeff")) {
                throw new BadRequestException("The request body must be UTF-8 without a byte order mark");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new BadRequestException(e, "The request body must be UTF-8");
        }
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
