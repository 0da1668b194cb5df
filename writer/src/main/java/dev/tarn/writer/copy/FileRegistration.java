package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.LoadHistory;
import dev.tarn.writer.commit.LoadedFiles;
import dev.tarn.writer.copy.SourceFiles.SourceFile;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestReceipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.MappingUtil;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;

/** One attempt to make Parquet files files of a table where they lie. */
final class FileRegistration {
    private final Table table;
    private final CopyOptions options;
    private final CopyProgress progress;

    FileRegistration(Table table, CopyOptions options, CopyProgress progress) {
        this.table = table;
        this.options = options;
        this.progress = progress;
    }

    CopyReceipt run(List<SourceFile> found) {
        table.refresh();
        refuseOtherFormats(found);
        Set<String> loaded = options.mode() == CopyMode.ALL_FILES
                ? Set.of()
                : LoadHistory.loadedBefore(table, options.ingest().branch(), fingerprints(found))
                        .keySet();
        List<SourceFile> files = found.stream()
                .filter(file -> !loaded.contains(file.fingerprint()))
                .toList();
        refuseFilesOfTheTable(files);
        List<DataFile> dataFiles = new ArrayList<>();
        NameMapping mapping = mapping();
        boolean mappingNeeded = false;
        for (SourceFile file : files) {
            progress.fileStarted(file.location(), dataFiles.size() + 1, files.size());
            // Read with the table's own file IO, so that a file which readers of the table cannot reach is refused
            // here.
            RegisteredFile registered = RegisteredFile.read(
                    table, mapping, table.io().newInputFile(file.location(), file.length()), options.mapping());
            dataFiles.add(registered.file());
            mappingNeeded |= registered.mappedByName();
        }
        OptionalLong snapshotId = files.isEmpty()
                ? OptionalLong.empty()
                : commit(files, dataFiles, mappingNeeded, mapping).snapshotId();
        return new CopyReceipt(
                snapshotId,
                files.size(),
                found.size() - files.size(),
                0,
                dataFiles.stream().mapToLong(DataFile::recordCount).sum(),
                0,
                List.of(),
                dataFiles.size(),
                dataFiles.stream().mapToLong(DataFile::fileSizeInBytes).sum(),
                List.of());
    }

    private IngestReceipt commit(
            List<SourceFile> files, List<DataFile> dataFiles, boolean mappingNeeded, NameMapping mapping) {
        boolean absent = !table.properties().containsKey(TableProperties.DEFAULT_NAME_MAPPING);
        Map<String, String> properties = mappingNeeded && absent
                ? Map.of(TableProperties.DEFAULT_NAME_MAPPING, NameMappingParser.toJson(mapping))
                : Map.of();
        Set<String> remembered = options.mode() == CopyMode.ALL_FILES ? Set.of() : fingerprints(files);
        return Ingest.into(table, options.ingest())
                .appendFiles(dataFiles, new LoadedFiles(remembered, String.join(" ", options.sources())), properties);
    }

    private NameMapping mapping() {
        String json = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
        return json == null ? MappingUtil.create(table.schema()) : NameMappingParser.fromJson(json);
    }

    private void refuseOtherFormats(List<SourceFile> files) {
        for (SourceFile file : files) {
            if (options.formatOf(file.location()) != CopyFormat.PARQUET) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "%s is no Parquet file, which alone can be registered where it lies; load it instead"
                                .formatted(BadRowException.fileName(file.location())));
            }
        }
    }

    /** A file that is there twice shows each row twice. */
    private void refuseFilesOfTheTable(List<SourceFile> files) {
        String branch = options.ingest().branch();
        if (files.isEmpty() || table.snapshot(branch) == null) {
            return;
        }
        Set<String> locations = files.stream().map(SourceFile::location).collect(Collectors.toCollection(HashSet::new));
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useRef(branch).planFiles()) {
            for (FileScanTask task : tasks) {
                if (locations.contains(task.file().location())) {
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "%s is a file of table %s already"
                                    .formatted(task.file().location(), table.name()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of table " + table.name(), e);
        }
    }

    private static Set<String> fingerprints(List<SourceFile> files) {
        return files.stream().map(SourceFile::fingerprint).collect(Collectors.toSet());
    }
}
