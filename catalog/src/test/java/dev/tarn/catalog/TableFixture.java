package dev.tarn.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;

/** Tables with files that exist, whatever is in them. */
final class TableFixture {
    static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final ObjectMapper JSON = new ObjectMapper();

    private TableFixture() {}

    /** The folder of a table on the local disk. */
    static Path folder(Table table) {
        return Path.of(table.location().replaceFirst("^file://", ""));
    }

    /** Appends new data files, each in a commit of its own, and returns them. */
    static List<DataFile> fill(Table table, int commits) {
        return Stream.generate(() -> {
                    DataFile file = write(folder(table).resolve("data"));
                    table.newAppend().appendFile(file).commit();
                    return file;
                })
                .limit(commits)
                .toList();
    }

    /** Appends files that exist already. */
    static void add(Table table, List<DataFile> files) {
        AppendFiles append = table.newAppend();
        files.forEach(append::appendFile);
        append.commit();
    }

    /** A file below a folder that belongs to no table yet. */
    static DataFile write(Path folder) {
        try {
            Files.createDirectories(folder);
            Path file = Files.writeString(folder.resolve(UUID.randomUUID() + ".parquet"), "data");
            return DataFiles.builder(PartitionSpec.unpartitioned())
                    .withPath("file://" + file)
                    .withFileSizeInBytes(4)
                    .withRecordCount(1)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path path(DataFile file) {
        return Path.of(file.location().replaceFirst("^file://", ""));
    }

    /** Every file below a folder, in order; also while somebody deletes them. */
    static List<Path> files(Path folder) {
        List<Path> found = new ArrayList<>();
        collect(folder.toFile(), found);
        return found.stream().sorted().toList();
    }

    private static void collect(File folder, List<Path> found) {
        File[] entries = folder.listFiles();
        for (File entry : entries == null ? new File[0] : entries) {
            if (entry.isFile()) {
                found.add(entry.toPath());
            } else {
                collect(entry, found);
            }
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
