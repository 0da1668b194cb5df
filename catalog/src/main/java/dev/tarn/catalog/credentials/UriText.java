package dev.tarn.catalog.credentials;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.exceptions.BadRequestException;

/** Percent-encoding, strictly: there is one text for each meaning, and what is malformed is refused. */
final class UriText {
    private static final String UNRESERVED = "-._~";

    private UriText() {}

    /**
     * The text behind percent-encoded UTF-8. A plus sign stands for itself.
     *
     * @throws BadRequestException if it is malformed, or holds control characters
     */
    static String decode(String what, String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= raw.length()) {
                    throw new BadRequestException("The %s ends within a percent escape", what);
                }
                bytes.write((hex(what, raw.charAt(i + 1)) << 4) | hex(what, raw.charAt(i + 2)));
                i += 2;
            } else if (c > 0x20 && c < 0x7f) {
                bytes.write(c);
            } else {
                throw new BadRequestException("The %s must be percent-encoded ASCII", what);
            }
        }
        return checked(what, text(what, bytes.toByteArray()));
    }

    /** The one encoding of a text, with slashes left as they are. */
    static String encodePath(String text) {
        return encode(text, "/");
    }

    /** The one encoding of a text, slashes included. */
    static String encode(String text) {
        return encode(text, "");
    }

    /**
     * Refuses keys that some part on the way could take for another key.
     *
     * @throws BadRequestException if a part of the key is empty, a dot or two
     */
    static void checkKey(String what, String key) {
        List<String> parts = Arrays.asList(key.split("/", -1));
        if (parts.contains("") || parts.contains(".") || parts.contains("..") || key.indexOf('\\') >= 0) {
            throw new BadRequestException("The %s must not hold empty parts, '.', '..' or backslashes", what);
        }
    }

    private static String encode(String text, String kept) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (plain || UNRESERVED.indexOf(c) >= 0 || kept.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xf, 16)));
            }
        }
        return encoded.toString();
    }

    private static String text(String what, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException(e, "The %s must be UTF-8", what);
        }
    }

    private static String checked(String what, String text) {
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            throw new BadRequestException("The %s must not hold control characters", what);
        }
        return text;
    }

    private static int hex(String what, char c) {
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new BadRequestException("The %s has a malformed percent escape", what);
        }
        return digit;
    }
}
