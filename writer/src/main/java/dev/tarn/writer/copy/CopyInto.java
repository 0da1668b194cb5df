package dev.tarn.writer.copy;

import dev.tarn.common.TarnException;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.commit.FilesLoadedException;
import dev.tarn.writer.commit.LoadHistory;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads Parquet, Arrow, CSV and JSON lines files into a table in one commit, which also remembers the files by location,
 * length and time of modification: the same load run twice, one after the other or at the same time, loads once. Thread-safe,
 * but calls over one {@code Table} object must not overlap, as each refreshes it.
 */
public final class CopyInto {
    private static final Logger LOG = LoggerFactory.getLogger(CopyInto.class);

    /** Each attempt is lost only to another load of the same files that committed. */
    private static final int MAX_ATTEMPTS = 5;

    private CopyInto() {}

    /**
     * Loads files, or only checks them.
     *
     * @throws TarnException NOT_FOUND for absent files, INVALID naming file, line and column for rows that do not fit, CORRUPT
     *     for damaged files, CONFLICT, UNKNOWN_OUTCOME; nothing is committed except perhaps after the last, and then no
     *     source is deleted
     */
    public static CopyReceipt run(Table table, CopyOptions options, CopyProgress progress) {
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo())) {
            List<SourceFile> found = SourceFiles.find(options.sources(), io);
            return unlessLoadedMeanwhile(() -> new CopyRun(table, options, io, progress).run(found));
        }
    }

    /**
     * Makes Parquet files files of the table where they lie, in one commit and without reading their rows. From then on the
     * table owns them: expiry, compaction and purge will delete them. Columns are matched by Iceberg's field ids, or by name
     * where files have none; the table then gets a name mapping. The partition of each file must follow from its footer, or,
     * for identity fields whose column the file lacks, from a path such as {@code day=2024-01-31/}.
     *
     * @throws TarnException INVALID naming file and column, if a type, a null or a partition cannot be proven to fit; REFUSED if
     *     rows must pass gates; NOT_FOUND, also for locations that the table's own file IO cannot read; CORRUPT, CONFLICT,
     *     UNKNOWN_OUTCOME. The files stay as they are, whatever happens
     */
    public static CopyReceipt register(Table table, CopyOptions options, CopyProgress progress) {
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo())) {
            List<SourceFile> found = SourceFiles.find(options.sources(), io);
            return unlessLoadedMeanwhile(() -> new FileRegistration(table, options, progress).run(found));
        }
    }

    /**
     * The schema of a table that could take the files: types as in the footers of Parquet and Arrow files, the narrowest that
     * take a sample of all text files. All columns are optional; names are those of the table, where the mapping gives any.
     *
     * @throws TarnException as {@link #run}; INVALID if the types of two files do not go together
     */
    public static Schema inferSchema(CopyOptions options) {
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo())) {
            return SchemaInference.of(SourceFiles.find(options.sources(), io), options, io);
        }
    }

    /**
     * For each file that the sources stand for, when a branch of a table has loaded it; empty if it has not, or has changed
     * since.
     *
     * @throws TarnException NOT_FOUND for absent files
     */
    public static Map<String, Optional<Instant>> loadedAt(Table table, CopyOptions options) {
        table.refresh();
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo())) {
            List<SourceFile> found = SourceFiles.find(options.sources(), io);
            Map<String, Instant> loaded = LoadHistory.loadedBefore(
                    table,
                    options.ingest().branch(),
                    found.stream().map(SourceFile::fingerprint).collect(Collectors.toSet()));
            Map<String, Optional<Instant>> result = new LinkedHashMap<>();
            found.forEach(file -> result.put(file.location(), Optional.ofNullable(loaded.get(file.fingerprint()))));
            return result;
        }
    }

    private static CopyReceipt unlessLoadedMeanwhile(Supplier<CopyReceipt> load) {
        for (int attempt = 1; ; attempt++) {
            try {
                return load.get();
            } catch (FilesLoadedException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                LOG.info("Another load of the same files was faster; looking at the history again");
            }
        }
    }
}
