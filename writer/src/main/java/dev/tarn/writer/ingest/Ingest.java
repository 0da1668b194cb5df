package dev.tarn.writer.ingest;

import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.files.PartitionedFileWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;

/**
 * Writes into one Iceberg table of any catalog. Every call ends in at most one data commit and answers with a receipt; a call
 * that fails has changed nothing and has deleted its files, except after UNKNOWN_OUTCOME, when they are kept. Schema and
 * partition spec are those that the table has when the call begins. Thread-safe and cheap to make; readers that are passed
 * in stay the caller's.
 */
public final class Ingest {
    private final Table table;
    private final IngestOptions options;

    private Ingest(Table table, IngestOptions options) {
        this.table = table;
        this.options = options;
    }

    /** For a table, which is refreshed at the begin of every call. */
    public static Ingest into(Table table, IngestOptions options) {
        return new Ingest(table, options);
    }

    /**
     * Adds the rows of all batches.
     *
     * @throws dev.tarn.common.TarnException INVALID if batches do not fit, CONFLICT, UNKNOWN_OUTCOME
     */
    public IngestReceipt append(ArrowReader batches) {
        return append(ArrowReaderSource.of(batches));
    }

    /** Adds rows given as Iceberg records, which are matched by field name. */
    public IngestReceipt append(Iterable<Record> rows) {
        table.refresh();
        try (RowSource source = RowSource.ofRecords(table.schema(), rows)) {
            return append(source);
        }
    }

    /** Adds rows given as values by column name; absent names are null. */
    public IngestReceipt appendMaps(Iterable<Map<String, Object>> rows) {
        table.refresh();
        try (RowSource source = RowSource.ofMaps(table.schema(), rows)) {
            return append(source);
        }
    }

    /** Adds the rows of all batches of a source. */
    public IngestReceipt append(BatchSource source) {
        return write(source, files -> {
            AppendFiles append = table.newAppend();
            files.forEach(append::appendFile);
            return append;
        });
    }

    /** Replaces the whole content of the table by the batches; with no rows the table is emptied. */
    public IngestReceipt overwrite(ArrowReader batches) {
        return replace(ArrowReaderSource.of(batches), files -> {
            var overwrite = table.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue());
            files.forEach(overwrite::addFile);
            return overwrite;
        });
    }

    /** Replaces the partitions that occur in the batches, whole, by the batches. */
    public IngestReceipt overwritePartitions(ArrowReader batches) {
        return write(ArrowReaderSource.of(batches), files -> {
            var replace = table.newReplacePartitions();
            files.forEach(replace::addFile);
            return replace;
        });
    }

    private interface Update {
        SnapshotUpdate<?> with(List<DataFile> files);
    }

    private enum WhenEmpty {
        SKIP,
        COMMIT
    }

    private IngestReceipt write(BatchSource source, Update update) {
        return write(source, update, options.token().isPresent() ? WhenEmpty.COMMIT : WhenEmpty.SKIP);
    }

    private IngestReceipt replace(BatchSource source, Update update) {
        return write(source, update, WhenEmpty.COMMIT);
    }

    private IngestReceipt write(BatchSource source, Update update, WhenEmpty whenEmpty) {
        table.refresh();
        OptionalLong committed = findCommitted();
        if (committed.isPresent()) {
            return IngestReceipt.repeated(committed.getAsLong());
        }
        SchemaAlignment.align(table, source.schema(), options.evolution());
        try (PartitionedFileWriter writer = new PartitionedFileWriter(table, options.limits(table))) {
            for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                writer.write(batch);
            }
            List<DataFile> files = writer.complete();
            if (files.isEmpty() && whenEmpty == WhenEmpty.SKIP) {
                return IngestReceipt.nothing();
            }
            CommitResult result = Commits.commit(table, update.with(files), options.request(), writer::abort);
            if (result.alreadyCommitted()) {
                return IngestReceipt.repeated(result.snapshotId());
            }
            return receipt(result, files);
        }
    }

    private OptionalLong findCommitted() {
        return options.token().isPresent() ? findCommitted(options.token().get()) : OptionalLong.empty();
    }

    private OptionalLong findCommitted(ProducerToken token) {
        return SnapshotCommit.findCommitted(table, options.branch(), token);
    }

    private IngestReceipt receipt(CommitResult result, List<DataFile> files) {
        Snapshot snapshot = table.snapshot(result.snapshotId());
        long deleted = snapshot == null ? 0 : Long.parseLong(snapshot.summary().getOrDefault("deleted-records", "0"));
        return new IngestReceipt(
                OptionalLong.of(result.snapshotId()),
                false,
                files.stream().mapToLong(DataFile::recordCount).sum(),
                deleted,
                files.size(),
                0,
                files.stream().mapToLong(DataFile::fileSizeInBytes).sum());
    }
}
