package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Locale;

/** What source files hold. */
public enum CopyFormat {
    /** Parquet, with or without Iceberg's field ids; columns are matched by name. */
    PARQUET,
    /** Comma-separated values with a header line. */
    CSV,
    /** One JSON object on each line. */
    JSON_LINES;

    /**
     * The format that a file name promises.
     *
     * @throws TarnException INVALID if its ending is not known
     */
    public static CopyFormat ofName(String location) {
        String name = location.toLowerCase(Locale.ROOT);
        if (name.endsWith(".parquet")) {
            return PARQUET;
        }
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return CSV;
        }
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
            return JSON_LINES;
        }
        throw new TarnException(
                ErrorKind.INVALID,
                "Cannot tell the format of %s from its name; name the format: parquet, csv or json"
                        .formatted(location));
    }
}
