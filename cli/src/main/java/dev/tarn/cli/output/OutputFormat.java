package dev.tarn.cli.output;

import java.io.OutputStream;
import java.util.Locale;

/** The forms in which results are printed. */
public enum OutputFormat {
    /** Aligned columns for people. */
    TABLE,
    /** One JSON array of objects. */
    JSON,
    /** One JSON object per line. */
    NDJSON,
    /** RFC 4180 with a header. */
    CSV,
    /** An Arrow IPC stream. */
    ARROW;

    /** A writer for one result; it flushes the stream and never closes it. */
    public ResultWriter writer(OutputStream out) {
        return switch (this) {
            case TABLE -> new TableWriter(out);
            case JSON -> JsonWriter.array(out);
            case NDJSON -> JsonWriter.lines(out);
            case CSV -> new CsvWriter(out);
            case ARROW -> new ArrowWriter(out);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
