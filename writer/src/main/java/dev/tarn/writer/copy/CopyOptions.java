package dev.tarn.writer.copy;

import dev.tarn.writer.ingest.IngestOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to load and how. Immutable; begin with {@link #of}.
 *
 * @param sources local files, folders and globs, or {@code s3://} locations where {@code *} may stand in the key
 * @param format of all files; by the ending of each name if absent
 * @param csv layout of CSV files
 * @param badRows what happens to rows that do not fit
 * @param mode which files are loaded
 * @param ingest branch, file size and summary of the commit
 * @param sourceIo properties of the file IO that reads sources, as {@code s3.endpoint}
 */
public record CopyOptions(
        List<String> sources,
        Optional<CopyFormat> format,
        CsvLayout csv,
        BadRows badRows,
        CopyMode mode,
        IngestOptions ingest,
        Map<String, String> sourceIo) {
    /** Refuses an empty list of sources. */
    public CopyOptions {
        sources = List.copyOf(sources);
        sourceIo = Map.copyOf(sourceIo);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources must name at least one file");
        }
    }

    /** New files only, format by name, the first bad row ends the load. */
    public static CopyOptions of(List<String> sources) {
        return new CopyOptions(
                sources,
                Optional.empty(),
                CsvLayout.DEFAULT,
                BadRows.ABORT,
                CopyMode.NEW_FILES,
                IngestOptions.defaults(),
                Map.of());
    }

    /** The same, with one format for all files. */
    public CopyOptions withFormat(CopyFormat given) {
        return new CopyOptions(sources, Optional.of(given), csv, badRows, mode, ingest, sourceIo);
    }

    /** The same, with another CSV layout. */
    public CopyOptions withCsv(CsvLayout layout) {
        return new CopyOptions(sources, format, layout, badRows, mode, ingest, sourceIo);
    }

    /** The same, with another rule for bad rows. */
    public CopyOptions withBadRows(BadRows rule) {
        return new CopyOptions(sources, format, csv, rule, mode, ingest, sourceIo);
    }

    /** The same, for another choice of files. */
    public CopyOptions withMode(CopyMode choice) {
        return new CopyOptions(sources, format, csv, badRows, choice, ingest, sourceIo);
    }

    /** The same, with other options of the commit. */
    public CopyOptions withIngest(IngestOptions options) {
        return new CopyOptions(sources, format, csv, badRows, mode, options, sourceIo);
    }

    /** The same, with other properties of the file IO that reads sources. */
    public CopyOptions withSourceIo(Map<String, String> properties) {
        return new CopyOptions(sources, format, csv, badRows, mode, ingest, properties);
    }
}
