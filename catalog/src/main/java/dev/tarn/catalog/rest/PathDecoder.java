package dev.tarn.catalog.rest;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * Decodes raw paths and queries strictly: what is malformed is refused, never guessed. A plus sign means a space, since
 * the Iceberg clients up to 1.11 encode path segments like forms, and every known client sends a real plus as {@code
 * %2B}.
 */
final class PathDecoder {
    private PathDecoder() {}

    /** The raw segments of a path, without the empty one before the first slash. */
    static List<String> segments(String rawPath) {
        if (!rawPath.startsWith("/")) {
            throw new BadRequestException("A path must begin with a slash");
        }
        return List.of(rawPath.substring(1).split("/", -1));
    }

    /** The text behind percent-encoded UTF-8. */
    static String decode(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()) {
                    throw new BadRequestException("A percent sign must be followed by two hexadecimal digits");
                }
                bytes.write(hex(raw.charAt(i + 1)) << 4 | hex(raw.charAt(i + 2)));
                i += 2;
            } else if (c == '+') {
                bytes.write(' ');
            } else if (c > 0x20 && c < 0x7f) {
                bytes.write(c);
            } else {
                throw new BadRequestException("A URL must not hold characters outside of ASCII: percent-encode them");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException(e, "A URL must be percent-encoded UTF-8");
        }
    }

    /** A text as one segment of a path. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The levels of a namespace in a path segment or query value. */
    static List<String> namespace(String raw) {
        return List.of(decode(raw).split("\u001f", -1));
    }

    /** Query values by name, still encoded; a name that is given twice is refused. */
    static Map<String, String> query(String rawQuery) {
        Map<String, String> values = new HashMap<>();
        List<String> pairs = new ArrayList<>(List.of(rawQuery.split("&", -1)));
        pairs.removeIf(String::isEmpty);
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (values.put(name, equals < 0 ? "" : pair.substring(equals + 1)) != null) {
                throw new BadRequestException("Query parameter '%s' is given twice", name);
            }
        }
        return values;
    }

    private static int hex(char c) {
        int digit = Character.digit(c, 16);
        if (digit < 0 || c > 'f') {
            throw new BadRequestException("A percent sign must be followed by two hexadecimal digits");
        }
        return digit;
    }
}
