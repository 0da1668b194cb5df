package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.change.ChangeEvent;
import dev.tarn.writer.change.FilterChange;
import dev.tarn.writer.change.FilterChange.WhenEmpty;
import dev.tarn.writer.change.MergeOptions;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.LoadCommit;
import dev.tarn.writer.commit.LoadedFiles;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.files.PartitionedFileWriter;
import dev.tarn.writer.files.PartitionedFileWriter.RowPlacement;
import dev.tarn.writer.stats.ColumnSketches;
import dev.tarn.writer.stats.TableStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.ReplacePartitions;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Writes into one Iceberg table of any catalog. Every call ends in at most one data commit and answers with a receipt; a call
 * that fails has changed nothing and has deleted its files, except after UNKNOWN_OUTCOME, when they are kept. Schema and
 * partition spec are those that the table has when the call begins. Cheap to make. Calls over one {@code Table} object must
 * not overlap, as each refreshes it: load the table once for each thread. Readers that are passed in stay the caller's.
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
        try (ArrowReaderSource source = ArrowReaderSource.of(batches)) {
            return append(source);
        }
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
        return write(source, this::appendAll, WhenEmpty.SKIP, WriteContext.Kind.APPEND);
    }

    /**
     * Adds the rows of all batches of a source and remembers the files that they came from.
     *
     * @throws dev.tarn.writer.commit.FilesLoadedException if one of the files was loaded meanwhile
     * @throws dev.tarn.common.TarnException as {@link #append(ArrowReader)}
     */
    public IngestReceipt append(BatchSource source, LoadedFiles loaded) {
        return write(
                source,
                (target, files) -> LoadCommit.append(table, target, files, loaded),
                WhenEmpty.SKIP,
                WriteContext.Kind.APPEND);
    }

    /**
     * Adds data files that exist already and remembers them. Their rows are not read, and they are not deleted whatever
     * happens.
     *
     * @param properties are set in the same commit
     * @throws dev.tarn.writer.commit.FilesLoadedException if one of the files was loaded meanwhile
     * @throws dev.tarn.common.TarnException CONFLICT, UNKNOWN_OUTCOME, REFUSED if there are gates, which want to see rows
     */
    public IngestReceipt appendFiles(List<DataFile> files, LoadedFiles loaded, Map<String, String> properties) {
        begin();
        if (!options.gates().isEmpty()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Files cannot become files of table %s as they are, since its rows have to pass gates; load their rows instead"
                            .formatted(table.name()));
        }
        CommitResult result = SnapshotCommit.run(
                table,
                target -> LoadCommit.append(table, target, files, loaded, properties),
                options.request(Map.of()));
        return result.alreadyCommitted() ? IngestReceipt.repeated(result.snapshotId()) : receipt(result, files, 0);
    }

    /** Replaces the whole content of the table by the batches; with no rows the table is emptied. */
    public IngestReceipt overwrite(ArrowReader batches) {
        try (ArrowReaderSource source = ArrowReaderSource.of(batches)) {
            return write(source, this::replaceAll, WhenEmpty.COMMIT, WriteContext.Kind.OVERWRITE);
        }
    }

    /** Replaces the partitions that occur in the batches, whole, by the batches. */
    public IngestReceipt overwritePartitions(ArrowReader batches) {
        try (ArrowReaderSource source = ArrowReaderSource.of(batches)) {
            return write(source, this::replacePartitions, WhenEmpty.SKIP, WriteContext.Kind.OVERWRITE_PART);
        }
    }

    /**
     * Adds rows and removes those that had the same keys. Rows of one call with equal keys: the last wins, or the one
     * with the largest value of the sequence column.
     *
     * @param keyColumns names of top-level columns; no value may be null
     * @throws dev.tarn.common.TarnException INVALID for bad keys, CONFLICT, UNKNOWN_OUTCOME, REFUSED if there are more
     *     keys than the memory budget allows, UNSUPPORTED for tables of format version 1
     */
    public IngestReceipt upsert(ArrowReader batches, List<String> keyColumns) {
        try (ArrowReaderSource source = ArrowReaderSource.of(batches)) {
            return upsert(source, keyColumns);
        }
    }

    /** As {@link #upsert(ArrowReader, List)}, for rows given as values by column name. */
    public IngestReceipt upsertMaps(Iterable<Map<String, Object>> rows, List<String> keyColumns) {
        table.refresh();
        try (RowSource source = RowSource.ofMaps(table.schema(), rows)) {
            return upsert(source, keyColumns);
        }
    }

    /** As {@link #upsert(ArrowReader, List)}, for the batches of a source. */
    public IngestReceipt upsert(BatchSource source, List<String> keyColumns) {
        if (!options.sketches()) {
            return unlessCommitted(() -> new Upsert(table, options).run(source, keyColumns));
        }
        SketchedSource sketched = new SketchedSource(source, () -> new ColumnSketches(table.schema()));
        return withStatistics(
                unlessCommitted(() -> new Upsert(table, options).run(sketched, keyColumns)), sketched.sketches());
    }

    /**
     * Applies change events: inserts and updates replace the rows that had their keys, deletes remove them. Of events of one
     * call with equal keys the last wins, or the one with the largest value of the sequence column. Deletes do not pass
     * the gates.
     *
     * @param changes have the columns of the table, the operation column, and the sequence column if there is one
     * @throws dev.tarn.common.TarnException as {@link #upsert(ArrowReader, List)}, INVALID also for unknown operations,
     *     UNSUPPORTED if a column of the table is missing
     */
    public IngestReceipt merge(BatchSource changes, MergeOptions merge) {
        return unlessCommitted(() -> new Upsert(table, options).merge(changes, merge));
    }

    /** As {@link #merge(BatchSource, MergeOptions)}, for the batches of an Arrow reader. */
    public IngestReceipt merge(ArrowReader changes, MergeOptions merge) {
        try (ArrowReaderSource source = ArrowReaderSource.of(changes)) {
            return merge(source, merge);
        }
    }

    /**
     * As {@link #merge(BatchSource, MergeOptions)}, for events as objects. The operation column is made from
     * them; a sequence column that the table lacks holds whole numbers.
     */
    public IngestReceipt mergeEvents(Iterable<ChangeEvent> events, MergeOptions merge) {
        table.refresh();
        MergeOptions words = merge.withOperations(MergeOptions.DEFAULT_OPERATIONS);
        try (RowSource source = RowSource.ofEvents(table.schema(), events, words)) {
            return merge(source, words);
        }
    }

    /**
     * Removes the rows that match a filter: whole data files from the metadata where every row matches, else by deletion
     * vectors (position delete files in format version 2) or by writing the files again, as the options say.
     *
     * @throws dev.tarn.common.TarnException INVALID if the filter does not fit the schema, CONFLICT, UNKNOWN_OUTCOME,
     *     UNSUPPORTED if rows must be deleted from a table of format version 1, or by equality deletes
     */
    public IngestReceipt deleteWhere(Expression filter) {
        return unlessCommitted(() -> change(filter(filter), List.of(), options.request(Map.of()), 0));
    }

    /**
     * Replaces the rows that match a filter by the batches, whose rows must match it too.
     *
     * @throws dev.tarn.common.TarnException as {@link #deleteWhere}, INVALID also if a row does not match
     */
    public IngestReceipt overwrite(ArrowReader batches, Expression filter) {
        try (ArrowReaderSource source = ArrowReaderSource.of(batches)) {
            return overwrite(source, filter);
        }
    }

    /** As {@link #overwrite(ArrowReader, Expression)}, for rows given as values by column name. */
    public IngestReceipt overwriteMaps(Iterable<Map<String, Object>> rows, Expression filter) {
        table.refresh();
        try (RowSource source = RowSource.ofMaps(table.schema(), rows)) {
            return overwrite(source, filter);
        }
    }

    /** As {@link #overwrite(ArrowReader, Expression)}, for the batches of a source. */
    public IngestReceipt overwrite(BatchSource source, Expression filter) {
        return unlessCommitted(() -> {
            SchemaAlignment.align(table, source.schema(), options);
            FilterChange change = filter(filter);
            try (WriteGates gates = WriteGates.open(table, options);
                    PartitionedFileWriter writer = new PartitionedFileWriter(table, options.limits(table))) {
                for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                    RowSelection rows = gates.admit(batch);
                    change.requireMatches(rows.batch(), rows.rows(), rows.count());
                    writer.write(rows.batch(), rows.rows(), rows.count(), (row, location, position) -> {});
                }
                List<DataFile> files = complete(writer, gates);
                return change(change, files, options.request(gates), gates.rejectedRows())
                        .withContract(gates.report());
            }
        });
    }

    private FilterChange filter(Expression filter) {
        return new FilterChange(table, options.branch(), options.rowDeletes(), filter);
    }

    private IngestReceipt change(FilterChange change, List<DataFile> files, CommitRequest request, long rejected) {
        WhenEmpty whenEmpty = options.token().isPresent() ? WhenEmpty.COMMIT : WhenEmpty.SKIP;
        return change.commit(request, whenEmpty, files)
                .map(result -> Upsert.receipt(result, rejected))
                .orElseGet(() -> IngestReceipt.nothing(rejected));
    }

    private IngestReceipt unlessCommitted(Supplier<IngestReceipt> call) {
        begin();
        OptionalLong committed = findCommitted();
        return committed.isPresent()
                ? IngestReceipt.repeated(committed.getAsLong())
                : withStatistics(call.get(), Optional.empty());
    }

    private IngestReceipt withStatistics(IngestReceipt receipt, Optional<ColumnSketches> sketches) {
        if (receipt.snapshotId().isPresent() && !receipt.alreadyCommitted()) {
            TableStatistics.write(table, receipt.snapshotId().getAsLong(), sketches);
        }
        return receipt;
    }

    private interface Update {
        SnapshotUpdate<?> with(Table target, List<DataFile> files);
    }

    private IngestReceipt write(BatchSource source, Update update, WhenEmpty whenEmpty, WriteContext.Kind kind) {
        begin();
        OptionalLong committed = findCommitted();
        if (committed.isPresent()) {
            return IngestReceipt.repeated(committed.getAsLong());
        }
        SchemaAlignment.align(table, source.schema(), options);
        Optional<ColumnSketches> sketches =
                options.sketches() ? Optional.of(new ColumnSketches(table.schema())) : Optional.empty();
        try (WriteGates gates = WriteGates.open(table, options, kind, List.of());
                PartitionedFileWriter writer = new PartitionedFileWriter(table, options.limits(table))) {
            for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                RowSelection rows = gates.admit(batch);
                writer.write(rows.batch(), rows.rows(), rows.count(), RowPlacement.NONE);
                sketches.ifPresent(sketch -> sketch.observe(rows.batch(), rows.rows(), rows.count()));
            }
            List<DataFile> files = complete(writer, gates);
            if (files.isEmpty()
                    && whenEmpty == WhenEmpty.SKIP
                    && options.token().isEmpty()) {
                return IngestReceipt.nothing(gates.rejectedRows()).withContract(gates.report());
            }
            CommitRequest request = options.request(gates);
            CommitResult result = Commits.commit(table, target -> update.with(target, files), request, writer::abort);
            if (result.alreadyCommitted()) {
                return IngestReceipt.repeated(result.snapshotId());
            }
            return withStatistics(receipt(result, files, gates.rejectedRows()).withContract(gates.report()), sketches);
        }
    }

    private static List<DataFile> complete(PartitionedFileWriter writer, WriteGates gates) {
        List<DataFile> files = writer.complete();
        try {
            gates.beforeCommit(files);
        } catch (RuntimeException e) {
            writer.abort();
            throw e;
        }
        return files;
    }

    private SnapshotUpdate<?> appendAll(Table target, List<DataFile> files) {
        AppendFiles append = target.newAppend();
        files.forEach(append::appendFile);
        return append;
    }

    private SnapshotUpdate<?> replaceAll(Table target, List<DataFile> files) {
        OverwriteFiles overwrite = target.newOverwrite().overwriteByRowFilter(Expressions.alwaysTrue());
        files.forEach(overwrite::addFile);
        return overwrite;
    }

    private SnapshotUpdate<?> replacePartitions(Table target, List<DataFile> files) {
        ReplacePartitions replace = target.newReplacePartitions();
        files.forEach(replace::addFile);
        return replace;
    }

    private void begin() {
        table.refresh();
        String branch = options.branch();
        if (!branch.equals(SnapshotRef.MAIN_BRANCH) && !table.refs().containsKey(branch)) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s has no branch '%s'%s; create it first"
                            .formatted(
                                    table.name(),
                                    branch,
                                    NearestName.hint(branch, table.refs().keySet())));
        }
    }

    private OptionalLong findCommitted() {
        OptionalLong committed = OptionalLong.empty();
        for (ProducerToken token : options.tokens()) {
            committed = SnapshotCommit.findCommitted(table, options.branch(), token);
            if (committed.isEmpty()) {
                // Of work that is there in part the commit itself says what to do.
                return committed;
            }
        }
        return committed;
    }

    private IngestReceipt receipt(CommitResult result, List<DataFile> files, long rejected) {
        Snapshot snapshot = table.snapshot(result.snapshotId());
        long deleted = snapshot == null ? 0 : Long.parseLong(snapshot.summary().getOrDefault("deleted-records", "0"));
        return new IngestReceipt(
                OptionalLong.of(result.snapshotId()),
                false,
                files.stream().mapToLong(DataFile::recordCount).sum(),
                rejected,
                deleted,
                files.size(),
                0,
                files.stream().mapToLong(DataFile::fileSizeInBytes).sum());
    }
}
