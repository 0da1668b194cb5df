package dev.tarn.writer.copy;

import dev.tarn.writer.ingest.IngestOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to load and how. Immutable; begin with {@link #of}.
 *
 * @param sources local files, folders and globs, or {@code s3://} locations; {@code *}, {@code **}, {@code ?}, {@code []} and
 *     {@code {}} may stand in paths and keys
 * @param format of all files; by the ending of each name if absent
 * @param csv layout of CSV files
 * @param values how dates and timestamps are written in text files
 * @param mapping which column goes where
 * @param badRows what happens to rows that do not fit
 * @param mode which files are loaded
 * @param afterwards what happens to the files when they are loaded
 * @param ingest branch, file size, gates and summary of the commit
 * @param sourceIo properties of the file IO that reads sources, as {@code s3.endpoint}
 */
public record CopyOptions(
        List<String> sources,
        Optional<CopyFormat> format,
        CsvLayout csv,
        ValueFormats values,
        ColumnMapping mapping,
        BadRows badRows,
        CopyMode mode,
        Afterwards afterwards,
        IngestOptions ingest,
        Map<String, String> sourceIo) {
    /** What happens to source files when it is certain that their rows are in the table. */
    public enum Afterwards {
        /** They stay. */
        KEEP,
        /** They are deleted. */
        PURGE
    }

    /** Refuses an empty list of sources. */
    public CopyOptions {
        sources = List.copyOf(sources);
        sourceIo = Map.copyOf(sourceIo);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources must name at least one file");
        }
    }

    /** New files only, format by name, columns by name, the first bad row ends the load. */
    public static CopyOptions of(List<String> sources) {
        return new Values(sources).options();
    }

    /** The same, with one format for all files. */
    public CopyOptions withFormat(CopyFormat given) {
        return with(values -> values.format = Optional.of(given));
    }

    /** The same, with another CSV layout. */
    public CopyOptions withCsv(CsvLayout layout) {
        return with(values -> values.csv = layout);
    }

    /** The same, with dates and timestamps written another way. */
    public CopyOptions withValues(ValueFormats formats) {
        return with(values -> values.formats = formats);
    }

    /** The same, with another mapping. */
    public CopyOptions withMapping(ColumnMapping other) {
        return with(values -> values.mapping = other);
    }

    /** The same, with another rule for bad rows. */
    public CopyOptions withBadRows(BadRows rule) {
        return with(values -> values.badRows = rule);
    }

    /** The same, for another choice of files. */
    public CopyOptions withMode(CopyMode choice) {
        return with(values -> values.mode = choice);
    }

    /** The same, with another fate of the files. */
    public CopyOptions withAfterwards(Afterwards fate) {
        return with(values -> values.afterwards = fate);
    }

    /** The same, with other options of the commit. */
    public CopyOptions withIngest(IngestOptions options) {
        return with(values -> values.ingest = options);
    }

    /** The same, with other properties of the file IO that reads sources. */
    public CopyOptions withSourceIo(Map<String, String> properties) {
        return with(values -> values.sourceIo = properties);
    }

    /** The format of one file. */
    CopyFormat formatOf(String location) {
        return format.orElseGet(() -> CopyFormat.ofName(location));
    }

    private CopyOptions with(Consumer<Values> change) {
        Values copy = new Values(sources);
        copy.format = format;
        copy.csv = csv;
        copy.formats = values;
        copy.mapping = mapping;
        copy.badRows = badRows;
        copy.mode = mode;
        copy.afterwards = afterwards;
        copy.ingest = ingest;
        copy.sourceIo = sourceIo;
        change.accept(copy);
        return copy.options();
    }

    /** The components while they are changed; what stands here is the default. */
    private static final class Values {
        private final List<String> sources;
        private Optional<CopyFormat> format = Optional.empty();
        private CsvLayout csv = CsvLayout.DEFAULT;
        private ValueFormats formats = ValueFormats.ISO;
        private ColumnMapping mapping = ColumnMapping.DEFAULT;
        private BadRows badRows = BadRows.ABORT;
        private CopyMode mode = CopyMode.NEW_FILES;
        private Afterwards afterwards = Afterwards.KEEP;
        private IngestOptions ingest = IngestOptions.defaults();
        private Map<String, String> sourceIo = Map.of();

        Values(List<String> sources) {
            this.sources = sources;
        }

        CopyOptions options() {
            return new CopyOptions(sources, format, csv, formats, mapping, badRows, mode, afterwards, ingest, sourceIo);
        }
    }
}
