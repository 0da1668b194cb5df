package dev.tarn.writer.copy;

import dev.tarn.common.TarnException;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.writer.commit.LoadHistory;
import dev.tarn.writer.commit.LoadedFiles;
import dev.tarn.writer.copy.RowErrors.WhenBad;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt of a load. */
final class CopyRun {
    private static final Logger LOG = LoggerFactory.getLogger(CopyRun.class);

    private final Table table;
    private final CopyOptions options;
    private final TarnFileIO io;
    private final CopyProgress progress;
    private int filesRejected;

    CopyRun(Table table, CopyOptions options, TarnFileIO io, CopyProgress progress) {
        this.table = table;
        this.options = options;
        this.io = io;
        this.progress = progress;
    }

    CopyReceipt run(List<SourceFile> found) {
        table.refresh();
        Set<String> loaded = loadedBefore(found);
        List<SourceFile> files = found.stream()
                .filter(file -> !loaded.contains(file.fingerprint()))
                .toList();
        int skipped = found.size() - files.size();
        Schema schema = schema(files);
        return options.mode() == CopyMode.VALIDATE_ONLY ? validate(schema, files) : load(schema, files, skipped);
    }

    private CopyReceipt validate(Schema schema, List<SourceFile> files) {
        BadRows rules =
                options.badRows().withMaxErrors(Math.min(options.badRows().maxErrors(), BadRows.DEFAULT_MAX_REPORTED));
        try (RowErrors errors = new RowErrors(rules, WhenBad.COUNT_UP_TO_LIMIT)) {
            long rows = 0;
            for (SourceFile file : files) {
                rows += errors.isFull() ? 0 : check(schema, file, errors);
            }
            return new CopyReceipt(
                    OptionalLong.empty(),
                    files.size() - filesRejected,
                    0,
                    filesRejected,
                    rows,
                    errors.count(),
                    errors.firstErrors(),
                    0,
                    0,
                    List.of());
        }
    }

    private CopyReceipt load(Schema schema, List<SourceFile> files, int skipped) {
        return switch (options.badRows().rule()) {
            case ABORT -> load(schema, files, skipped, WhenBad.THROW);
            case SKIP_ROW -> load(schema, files, skipped, WhenBad.COUNT);
            case SKIP_FILE -> {
                try (RowErrors errors = new RowErrors(options.badRows(), WhenBad.COUNT)) {
                    List<SourceFile> good = new ArrayList<>();
                    for (SourceFile file : files) {
                        int before = filesRejected;
                        check(schema, file, errors);
                        if (filesRejected == before) {
                            good.add(file);
                        }
                    }
                    // A row that is bad only now means that the file was changed in between, which ends the load.
                    CopyReceipt receipt = load(schema, good, skipped, WhenBad.THROW);
                    yield withErrors(receipt, errors);
                }
            }
        };
    }

    private CopyReceipt load(Schema schema, List<SourceFile> files, int skipped, WhenBad whenBad) {
        try (RowErrors errors = new RowErrors(options.badRows(), whenBad);
                CopySource source = new CopySource(schema, options, files, io, errors, progress)) {
            IngestReceipt receipt = append(files, source);
            boolean certain = receipt.snapshotId().isPresent() && !receipt.alreadyCommitted();
            return new CopyReceipt(
                    receipt.snapshotId(),
                    files.size(),
                    skipped,
                    filesRejected,
                    source.rows() - receipt.rowsRejected(),
                    errors.count() + receipt.rowsRejected(),
                    errors.firstErrors(),
                    receipt.dataFilesAdded(),
                    receipt.bytesAdded(),
                    certain && options.afterwards() == CopyOptions.Afterwards.PURGE ? purge(files) : List.of());
        }
    }

    private IngestReceipt append(List<SourceFile> files, CopySource source) {
        Ingest ingest = Ingest.into(table, options.ingest());
        LoadedFiles loaded = new LoadedFiles(
                options.mode() == CopyMode.ALL_FILES ? Set.of() : fingerprints(files),
                String.join(" ", options.sources()));
        return loaded.fingerprints().isEmpty() ? ingest.append(source) : ingest.append(source, loaded);
    }

    /** Reads one file for its errors and answers how many of its rows fit. */
    private long check(Schema schema, SourceFile file, RowErrors errors) {
        long before = errors.count();
        long rows = 0;
        try (CopySource source = new CopySource(schema, options, List.of(file), io, errors, progress)) {
            source.readAll();
            rows = source.rows();
        } catch (TarnException e) {
            boolean ofFile =
                    switch (e.kind()) {
                        case INVALID, CORRUPT, UNSUPPORTED, REFUSED ->
                            errors.count() <= options.badRows().maxErrors();
                        default -> false;
                    };
            if (!ofFile) {
                throw e;
            }
            errors.addFile(file.location(), e);
        }
        if (errors.count() > before) {
            filesRejected++;
        }
        return rows;
    }

    private CopyReceipt withErrors(CopyReceipt receipt, RowErrors errors) {
        return new CopyReceipt(
                receipt.snapshotId(),
                receipt.filesLoaded(),
                receipt.filesSkipped(),
                filesRejected,
                receipt.rowsLoaded(),
                receipt.rowsRejected() + errors.count(),
                errors.firstErrors(),
                receipt.dataFilesAdded(),
                receipt.bytesAdded(),
                receipt.notPurged());
    }

    private Set<String> loadedBefore(List<SourceFile> files) {
        return switch (options.mode()) {
            case NEW_FILES ->
                LoadHistory.loadedBefore(table, options.ingest().branch(), fingerprints(files))
                        .keySet();
            case ALL_FILES, VALIDATE_ONLY -> Set.of();
        };
    }

    /** The table's schema; with the columns that it lacks, if it may evolve. */
    private Schema schema(List<SourceFile> files) {
        if (options.mapping().extra() != ColumnMapping.Extra.EVOLVE || files.isEmpty()) {
            return table.schema();
        }
        Schema wanted = SchemaInference.of(files, options, io);
        return options.mode() == CopyMode.VALIDATE_ONLY
                ? NewColumns.preview(table, wanted, options.mapping())
                : NewColumns.add(table, wanted, options.mapping());
    }

    private List<String> purge(List<SourceFile> files) {
        List<String> failed = new ArrayList<>();
        for (SourceFile file : files) {
            try {
                io.deleteFile(file.location());
            } catch (RuntimeException e) {
                LOG.warn("Cannot delete the loaded file {}", file.location(), e);
                failed.add(file.location());
            }
        }
        return failed;
    }

    private static Set<String> fingerprints(List<SourceFile> files) {
        return files.stream().map(SourceFile::fingerprint).collect(Collectors.toSet());
    }
}
