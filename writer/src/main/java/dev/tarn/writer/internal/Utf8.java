package dev.tarn.writer.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.memory.ArrowBuf;

/** Strict UTF-8: what is not valid is neither replaced nor passed on. Thread-safe. */
public final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The bits that no ASCII character has, in eight bytes. */
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /** Whether bytes are valid UTF-8: no stray continuation, no overlong form, no surrogate, nothing above U+10FFFF. */
    public static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (to - at >= Long.BYTES && ((long) LONGS.get(bytes, at) & NOT_ASCII) == 0) {
                at += Long.BYTES;
                continue;
            }
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /** As {@link #isValid(byte[], int, int)}, for bytes in Arrow's memory. */
    public static boolean isValid(ArrowBuf bytes, long from, long to) {
        for (long at = from; at < to; at += Long.BYTES) {
            if (to - at < Long.BYTES || (bytes.getLong(at) & NOT_ASCII) != 0) {
                byte[] rest = new byte[Math.toIntExact(to - at)];
                bytes.getBytes(at, rest);
                return isValid(rest, 0, rest.length);
            }
        }
        return true;
    }

    /**
     * The bytes of a text.
     *
     * @throws IllegalArgumentException if the text holds half a surrogate pair, which UTF-8 cannot express
     */
    public static byte[] encode(CharSequence text) {
        String string = text.toString();
        // Java would write a question mark for half a pair, without a word.
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                if (!Character.isHighSurrogate(string.charAt(i))
                        || i + 1 == string.length()
                        || !Character.isLowSurrogate(string.charAt(i + 1))) {
                    throw new IllegalArgumentException("the text holds half a surrogate pair");
                }
                i++;
            }
        }
        return string.getBytes(StandardCharsets.UTF_8);
    }

    /** How many bytes the character at a position has, which is not ASCII; 0 if it is not valid. */
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xFF;
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > to) {
            return 0;
        }
        int second = bytes[at + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
