package dev.tarn.writer.copy;

import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;

/**
 * Loads Parquet, CSV and JSON lines files into a table in one commit. Columns are matched by name. The commit names the
 * files by location, length and time of modification, so that the same load run twice loads once, for as long as the
 * snapshot lives. Thread-safe.
 */
public final class CopyInto {
    private CopyInto() {}

    /**
     * Loads files, or only checks them.
     *
     * @throws dev.tarn.common.TarnException NOT_FOUND for absent files, INVALID naming file, line and column for rows that
     *     do not fit, CORRUPT for damaged Parquet, CONFLICT, UNKNOWN_OUTCOME; nothing is committed except perhaps after the
     *     last
     */
    public static CopyReceipt run(Table table, CopyOptions options, CopyProgress progress) {
        table.refresh();
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo());
                RejectedRows rejected = new RejectedRows(options.badRows())) {
            List<SourceFile> found = SourceFiles.find(options.sources(), io);
            Set<String> loaded = loadedBefore(table, options, found);
            List<SourceFile> files = found.stream()
                    .filter(file -> !loaded.contains(file.fingerprint()))
                    .toList();
            try (CopySource source = new CopySource(table.schema(), options, files, io, rejected, progress)) {
                IngestReceipt receipt = load(table, options, files, source);
                return new CopyReceipt(
                        receipt.snapshotId(),
                        files.size(),
                        found.size() - files.size(),
                        source.rows(),
                        rejected.count(),
                        rejected.firstErrors(),
                        receipt.dataFilesAdded(),
                        receipt.bytesAdded());
            }
        }
    }

    /**
     * The schema of a table that could take the files, from the first of them: types as in its footer for Parquet, the
     * narrowest that fit a sample for text. All columns are optional.
     *
     * @throws dev.tarn.common.TarnException as {@link #run}
     */
    public static Schema inferSchema(CopyOptions options) {
        try (TarnFileIO io = TarnFileIO.of(options.sourceIo())) {
            SourceFile first = SourceFiles.find(options.sources(), io).get(0);
            InputFile file = io.newInputFile(first.location(), first.length());
            return switch (options.format().orElseGet(() -> CopyFormat.ofName(first.location()))) {
                case PARQUET -> SchemaInference.ofParquet(file);
                case CSV -> SchemaInference.ofCsv(file, options.csv());
                case JSON_LINES -> SchemaInference.ofJson(file);
            };
        }
    }

    private static Set<String> loadedBefore(Table table, CopyOptions options, List<SourceFile> files) {
        return switch (options.mode()) {
            case NEW_FILES ->
                SnapshotCommit.loadedBefore(table, options.ingest().branch(), fingerprints(files));
            case ALL_FILES, VALIDATE_ONLY -> Set.of();
        };
    }

    private static IngestReceipt load(Table table, CopyOptions options, List<SourceFile> files, CopySource source) {
        return switch (options.mode()) {
            case VALIDATE_ONLY -> {
                while (source.next() != null) {
                    // Reading is the check.
                }
                yield new IngestReceipt(OptionalLong.empty(), false, 0, 0, 0, 0, 0, 0);
            }
            case NEW_FILES -> Ingest.into(table, options.ingest()).append(source, fingerprints(files));
            case ALL_FILES -> Ingest.into(table, options.ingest()).append(source);
        };
    }

    private static Set<String> fingerprints(List<SourceFile> files) {
        return files.stream().map(SourceFile::fingerprint).collect(Collectors.toSet());
    }
}
