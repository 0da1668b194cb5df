package dev.tarn.writer.copy;

import java.util.List;
import java.util.Locale;

/**
 * How CSV files are laid out.
 *
 * @param delimiter between fields; files whose name ends in {@code .tsv} have tabs where this is a comma
 * @param quote around fields that hold delimiters, quotes or line ends; a quote in a quoted field is written twice
 * @param nullTexts what stands for null, in full; a quoted field is compared without its quotes
 * @param header whether the first line names the columns
 */
public record CsvLayout(char delimiter, char quote, List<String> nullTexts, Header header) {
    /** Commas, double quotes, an empty field for null, and a header line. */
    public static final CsvLayout DEFAULT = new CsvLayout(',', '"', List.of(""), Header.NAMES);

    /** What the first line is. */
    public enum Header {
        /** Names of columns. */
        NAMES,
        /** A row like all others; columns are called 1, 2 and so on and are matched by position. */
        NONE
    }

    /** Refuses layouts that cannot be told apart. */
    public CsvLayout {
        nullTexts = List.copyOf(nullTexts);
        if (delimiter == quote || delimiter == '\n' || delimiter == '\r') {
            throw new IllegalArgumentException(
                    "delimiter must differ from the quote and from line ends but was '%s'".formatted(delimiter));
        }
    }

    /** The delimiter of one file. */
    char delimiterOf(String location) {
        boolean tabs = Compression.ofName(location)
                .without(location)
                .toLowerCase(Locale.ROOT)
                .endsWith(".tsv");
        return tabs && delimiter == DEFAULT.delimiter ? '\t' : delimiter;
    }
}
