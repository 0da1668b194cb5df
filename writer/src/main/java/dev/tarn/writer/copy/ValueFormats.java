package dev.tarn.writer.copy;

import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/**
 * How dates and timestamps are written in text files, as patterns of {@link DateTimeFormatter}, such as {@code dd.MM.yyyy}.
 *
 * @param date of date columns; ISO 8601 if absent
 * @param timestamp of timestamp columns; ISO 8601 if absent
 */
public record ValueFormats(Optional<String> date, Optional<String> timestamp) {
    /** ISO 8601, where a blank may stand for the T. */
    public static final ValueFormats ISO = new ValueFormats(Optional.empty(), Optional.empty());

    /** Refuses patterns that are none. */
    public ValueFormats {
        date.ifPresent(ValueFormats::formatter);
        timestamp.ifPresent(ValueFormats::formatter);
    }

    /**
     * A formatter that takes no date that does not exist.
     *
     * @throws IllegalArgumentException if the pattern is none
     */
    static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(withYearsOfNoEra(pattern))
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** Strict formatters want years without an era, which are {@code u}; everybody writes {@code y}. */
    private static String withYearsOfNoEra(String pattern) {
        StringBuilder changed = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            quoted ^= c == '\'';
            changed.append(c == 'y' && !quoted ? 'u' : c);
        }
        return changed.toString();
    }
}
