package dev.tarn.common;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes.
 *
 * @param bytes at least 0
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*(B|KB|MB|GB|TB)?", Pattern.CASE_INSENSITIVE);
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};
    private static final long STEP = 1024;

    /** Refuses a negative size. */
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("A data size must be at least 0 but was " + bytes);
        }
    }

    /** A size in mebibytes. */
    public static DataSize ofMegabytes(long megabytes) {
        return new DataSize(Math.multiplyExact(megabytes, STEP * STEP));
    }

    /**
     * Reads {@code 512}, {@code 64KB}, {@code 512 MB}; units are powers of 1024.
     *
     * @throws IllegalArgumentException if the text has another form or the size does not fit 63 bits
     */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "Expected a size such as 64KB, 512MB or 2GB but found '%s'".formatted(text));
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
        long bytes = Long.parseLong(matcher.group(1));
        for (int i = 0; !UNITS[i].equals(unit); i++) {
            try {
                bytes = Math.multiplyExact(bytes, STEP);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("The size '%s' is too large".formatted(text), e);
            }
        }
        return new DataSize(bytes);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The shortest exact form that {@link #parse} reads back. */
    @Override
    public String toString() {
        long value = bytes;
        int unit = 0;
        while (value != 0 && value % STEP == 0 && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return value + UNITS[unit];
    }
}
