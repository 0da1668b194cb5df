package dev.tarn.writer.parquet;

/** Checks UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /** Whether all bytes are below 128, which is most text and needs no other check. */
    static boolean isAscii(byte[] bytes, int from, int to) {
        int i = from;
        for (; i <= to - 8; i += 8) {
            if (((long) ByteSink.LONGS.get(bytes, i) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isValid(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            int lead = bytes[i];
            if (lead >= 0) {
                i++;
                continue;
            }
            int length = lead >> 5 == -2 ? 2 : lead >> 4 == -2 ? 3 : lead >> 3 == -2 ? 4 : 0;
            if (length == 0 || i + length > to) {
                return false;
            }
            int codePoint = lead & 0x7f >> length;
            for (int k = 1; k < length; k++) {
                int next = bytes[i + k];
                if (next >> 6 != -2) {
                    return false;
                }
                codePoint = codePoint << 6 | next & 0x3f;
            }
            int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000;
            if (codePoint < least || codePoint > 0x10_ffff || codePoint >= 0xd800 && codePoint <= 0xdfff) {
                return false;
            }
            i += length;
        }
        return true;
    }
}
