package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Locale;

/** What source files hold. */
public enum CopyFormat {
    /** Parquet, with or without Iceberg's field ids. */
    PARQUET,
    /** Arrow IPC, as a file (Feather version 2) or as a stream; which of them is told by the first bytes. */
    ARROW,
    /** Separated values, plain or compressed. */
    CSV,
    /** One JSON object on each line, plain or compressed. */
    JSON_LINES;

    /**
     * The format that a file name promises; an ending of compressed text ({@code .gz}, {@code .zst}) is passed over.
     *
     * @throws TarnException INVALID if its ending is not known
     */
    public static CopyFormat ofName(String location) {
        String name = Compression.ofName(location).without(location).toLowerCase(Locale.ROOT);
        if (endsWith(name, ".parquet", ".parq", ".pq")) {
            return PARQUET;
        }
        if (endsWith(name, ".arrow", ".arrows", ".feather", ".ipc")) {
            return ARROW;
        }
        if (endsWith(name, ".csv", ".tsv")) {
            return CSV;
        }
        if (endsWith(name, ".jsonl", ".ndjson", ".json")) {
            return JSON_LINES;
        }
        throw new TarnException(
                ErrorKind.INVALID,
                "Cannot tell the format of %s from its name; name the format: parquet, arrow, csv or json"
                        .formatted(location));
    }

    /** Whether files are text, which may be compressed as a whole. */
    boolean isText() {
        return switch (this) {
            case CSV, JSON_LINES -> true;
            case PARQUET, ARROW -> false;
        };
    }

    private static boolean endsWith(String name, String... endings) {
        for (String ending : endings) {
            if (name.endsWith(ending)) {
                return true;
            }
        }
        return false;
    }
}
