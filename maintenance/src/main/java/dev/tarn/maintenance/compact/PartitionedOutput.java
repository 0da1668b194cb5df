package dev.tarn.maintenance.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.FileWriterFactory;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * Writes rows into data files of one spec, cut after a given number of rows. Not thread-safe. Closing finishes the open
 * files; who made this deletes {@link #locations} if the files are not to stay.
 */
final class PartitionedOutput implements AutoCloseable {
    /** Each open file holds a row group in memory; past this many, all are finished and small files are accepted. */
    private static final int MAX_OPEN_FILES = 64;

    private final PartitionSpec spec;
    private final long rowsPerFile;
    private final FileWriterFactory<Record> writers;
    private final OutputFileFactory locationsOfFiles;
    private final InternalRecordWrapper partitionView;
    private final PartitionKey partition;
    private final Map<PartitionKey, OpenFile> open = new HashMap<>();
    private final List<DataFile> finished = new ArrayList<>();
    private final List<String> locations = new ArrayList<>();

    PartitionedOutput(Table table, Schema schema, PartitionSpec spec, long rowsPerFile) {
        this.spec = spec;
        this.rowsPerFile = rowsPerFile;
        this.writers = new GenericFileWriterFactory.Builder(table)
                .dataFileFormat(FileFormat.PARQUET)
                .dataSchema(schema)
                .build();
        this.locationsOfFiles = OutputFileFactory.builderFor(table, 0, 0)
                .defaultSpec(spec)
                .format(FileFormat.PARQUET)
                .operationId(UUID.randomUUID().toString())
                .build();
        this.partitionView = new InternalRecordWrapper(schema.asStruct());
        this.partition = new PartitionKey(spec, schema);
    }

    private static final class OpenFile {
        private final DataWriter<Record> writer;
        private long rows;

        private OpenFile(DataWriter<Record> writer) {
            this.writer = writer;
        }
    }

    void write(Record row) {
        partition.partition(partitionView.wrap(row));
        OpenFile file = open.get(partition);
        if (file == null) {
            file = openFile();
        }
        file.writer.write(row);
        file.rows++;
        if (file.rows >= rowsPerFile) {
            open.remove(partition);
            finish(file);
        }
    }

    /** The finished files: complete after {@link #close}. */
    List<DataFile> files() {
        return List.copyOf(finished);
    }

    /** Every location that may have been written to. */
    List<String> locations() {
        return List.copyOf(locations);
    }

    @Override
    public void close() {
        List<OpenFile> remaining = List.copyOf(open.values());
        open.clear();
        RuntimeException first = null;
        for (OpenFile file : remaining) {
            try {
                finish(file);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private OpenFile openFile() {
        if (open.size() >= MAX_OPEN_FILES) {
            close();
        }
        EncryptedOutputFile location = locationsOfFiles.newOutputFile(spec, partition);
        locations.add(location.encryptingOutputFile().location());
        PartitionKey key = partition.copy();
        OpenFile file = new OpenFile(writers.newDataWriter(location, spec, spec.isUnpartitioned() ? null : key));
        open.put(key, file);
        return file;
    }

    private void finish(OpenFile file) {
        try {
            file.writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot finish an output file of a compaction", e);
        }
        finished.add(file.writer.toDataFile());
    }
}
