package dev.tarn.writer.files;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.files.DeletedRows.OneFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.DVFileWriter;
import org.apache.iceberg.deletes.DeleteGranularity;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.SortingPositionOnlyDeleteWriter;
import org.apache.iceberg.io.DeleteWriteResult;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Writes deleted positions down: deletion vectors, merged with earlier ones, in format version 3; position delete files of
 * one data file each in version 2. Thread-safe.
 */
public final class DeleteFilesWriter {
    private static final int FIRST_VERSION_WITH_DELETES = 2;
    private static final int FIRST_VERSION_WITH_VECTORS = 3;

    private DeleteFilesWriter() {}

    /**
     * What was written.
     *
     * @param added new delete files
     * @param replaced earlier delete files whose content is in the new ones
     */
    public record Written(List<DeleteFile> added, List<DeleteFile> replaced) {
        /** Copies the lists. */
        public Written {
            added = List.copyOf(added);
            replaced = List.copyOf(replaced);
        }

        /** Locations of the new files, without repeats: vectors share files. */
        public List<String> locations() {
            return added.stream().map(DeleteFile::location).distinct().toList();
        }

        /** Bytes of the new files. */
        public long bytes() {
            return added.stream()
                    .mapToLong(file -> ContentFileUtil.isDV(file) ? file.contentSizeInBytes() : file.fileSizeInBytes())
                    .sum();
        }
    }

    /**
     * Refuses tables whose format cannot delete rows of a file.
     *
     * @throws TarnException UNSUPPORTED for format version 1
     */
    public static void requireRowDeletes(Table table) {
        int version = TableUtil.formatVersion(table);
        if (version < FIRST_VERSION_WITH_DELETES) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Table %s has format version %d, which cannot delete single rows; upgrade it to version 3"
                            .formatted(table.name(), version));
        }
    }

    /** Writes all positions. */
    public static Written write(Table table, DeletedRows rows) {
        Map<String, OneFile> files = rows.withPositions();
        if (files.isEmpty()) {
            return new Written(List.of(), List.of());
        }
        try {
            return TableUtil.formatVersion(table) >= FIRST_VERSION_WITH_VECTORS
                    ? writeVectors(table, files)
                    : writePositions(table, files);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write deletes of table " + table.name(), e);
        }
    }

    private static Written writeVectors(Table table, Map<String, OneFile> files) throws IOException {
        BaseDeleteLoader loader = new BaseDeleteLoader(file -> table.io().newInputFile(file));
        DVFileWriter writer = new BaseDVFileWriter(locations(table, FileFormat.PUFFIN), location -> {
            List<DeleteFile> earlier = earlierDeletes(files, location);
            return earlier.isEmpty() ? null : loader.loadPositionDeletes(earlier, location);
        });
        try (writer) {
            files.forEach((location, file) ->
                    file.forEach(position -> writer.delete(location, position, file.spec(), file.partition())));
        }
        DeleteWriteResult result = writer.result();
        return new Written(result.deleteFiles(), result.rewrittenDeleteFiles());
    }

    private static List<DeleteFile> earlierDeletes(Map<String, OneFile> files, String location) {
        OneFile file = files.get(location);
        return file == null ? List.of() : file.earlierDeletes();
    }

    private static Written writePositions(Table table, Map<String, OneFile> files) throws IOException {
        GenericFileWriterFactory factory = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .build();
        OutputFileFactory locations = locations(table, FileFormat.PARQUET);
        List<DeleteFile> written = new ArrayList<>();
        for (Map.Entry<String, OneFile> entry : files.entrySet()) {
            OneFile file = entry.getValue();
            SortingPositionOnlyDeleteWriter<Record> writer = new SortingPositionOnlyDeleteWriter<>(
                    () -> factory.newPositionDeleteWriter(
                            file.spec().isUnpartitioned()
                                    ? locations.newOutputFile()
                                    : locations.newOutputFile(file.spec(), file.partition()),
                            file.spec(),
                            file.partition()),
                    DeleteGranularity.FILE);
            try (writer) {
                PositionDelete<Record> delete = PositionDelete.create();
                file.forEach(position -> writer.write(delete.set(entry.getKey(), position)));
            }
            written.addAll(writer.result().deleteFiles());
        }
        return new Written(written, List.of());
    }

    private static OutputFileFactory locations(Table table, FileFormat format) {
        return OutputFileFactory.builderFor(table, 0, 0)
                .format(format)
                .operationId(UUID.randomUUID().toString())
                .build();
    }
}
