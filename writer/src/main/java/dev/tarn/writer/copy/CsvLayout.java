package dev.tarn.writer.copy;

/**
 * How CSV files are laid out. The first line names the columns.
 *
 * @param delimiter between fields
 * @param quote around fields that hold delimiters, quotes or line ends
 * @param nullText what stands for null, in full
 */
public record CsvLayout(char delimiter, char quote, String nullText) {
    /** Commas, double quotes, and an empty field for null. */
    public static final CsvLayout DEFAULT = new CsvLayout(',', '"', "");

    /** Refuses layouts that cannot be told apart. */
    public CsvLayout {
        if (delimiter == quote || delimiter == '\n' || delimiter == '\r') {
            throw new IllegalArgumentException(
                    "delimiter must differ from the quote and from line ends but was '%s'".formatted(delimiter));
        }
    }
}
