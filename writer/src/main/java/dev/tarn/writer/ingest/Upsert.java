package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.files.DeleteFilesWriter;
import dev.tarn.writer.files.DeletedRows;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.files.PartitionedFileWriter;
import dev.tarn.writer.internal.ArrowRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.StructLikeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows and deletes the rows that had their keys. New rows are written once, as they come; where a key comes again
 * within the call, the row that lost is deleted by position like any other. Only finding the old rows is repeated when
 * another writer interferes. Confined to one thread.
 */
final class Upsert {
    /** What one key in memory costs, roughly: wrapper, tuple, boxed values and map entry. */
    private static final long BYTES_PER_KEY = 200;

    private final Table table;
    private final IngestOptions options;
    private final Schema keySchema;
    private final KeyRange range;
    private final StructLikeMap<Placed> newest;
    private final List<Placed> lost = new ArrayList<>();
    private final Types.@Nullable NestedField sequence;

    /** Where the current winner of a key is; changed as later rows win. */
    private static final class Placed {
        private @Nullable String location;
        private long position;
        private @Nullable Object sequence;
    }

    Upsert(Table table, IngestOptions options, List<String> keyColumns) {
        this.table = table;
        this.options = options;
        DeleteFilesWriter.requireRowDeletes(table);
        this.keySchema = keySchema(table, keyColumns);
        this.range = new KeyRange(keySchema);
        this.newest = StructLikeMap.create(keySchema.asStruct());
        this.sequence =
                options.sequenceColumn().map(name -> column(table, name)).orElse(null);
    }

    IngestReceipt run(BatchSource source) {
        try (WriteGates gates = WriteGates.open(table, options);
                PartitionedFileWriter writer = new PartitionedFileWriter(table, options.limits(table))) {
            for (VectorSchemaRoot batch = source.next(); batch != null; batch = source.next()) {
                write(gates.admit(batch), writer);
            }
            List<DataFile> files = writer.complete();
            gates.beforeCommit(files);
            if (files.isEmpty() && options.token().isEmpty()) {
                return IngestReceipt.nothing(gates.rejectedRows());
            }
            try {
                return Replanning.run(() -> commit(files, gates));
            } catch (TarnException e) {
                if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                    writer.abort();
                }
                throw e;
            } catch (RuntimeException e) {
                writer.abort();
                throw e;
            }
        }
    }

    private void write(RowSelection rows, PartitionedFileWriter writer) {
        VectorSchemaRoot batch = rows.batch();
        ArrowRow keys = new ArrowRow(keySchema.asStruct(), batch);
        Types.NestedField orderColumn = sequence;
        ArrowRow order = orderColumn == null ? null : new ArrowRow(Types.StructType.of(orderColumn), batch);
        Map<Integer, Placed> winners = new HashMap<>();
        Map<Placed, Integer> rowOf = new HashMap<>();
        for (int i = 0; i < rows.count(); i++) {
            int row = rows.rows()[i];
            KeyTuple key = KeyTuple.copyOf(keys.at(row), keySchema, row);
            Placed placed = newest.get(key);
            Object value = order == null ? null : order.at(row).get(0, Object.class);
            if (placed != null && orderColumn != null && isOlder(orderColumn, value, placed.sequence)) {
                continue;
            }
            if (placed == null) {
                placed = new Placed();
                newest.put(key, placed);
                range.add(key);
                refuseTooManyKeys();
            }
            placed.sequence = value;
            Integer beaten = rowOf.put(placed, row);
            if (beaten != null) {
                winners.remove(beaten);
            }
            winners.put(row, placed);
        }
        int[] selected = IntStream.of(rows.rows())
                .limit(rows.count())
                .filter(winners::containsKey)
                .toArray();
        writer.write(batch, selected, selected.length, (row, location, position) -> {
            Placed placed = winners.get(row);
            if (placed != null) {
                place(placed, location, position);
            }
        });
    }

    private void place(Placed placed, String location, long position) {
        if (placed.location != null) {
            Placed beaten = new Placed();
            beaten.location = placed.location;
            beaten.position = placed.position;
            lost.add(beaten);
        }
        placed.location = location;
        placed.position = position;
    }

    private void refuseTooManyKeys() {
        long limit = options.memoryBudget().bytes() / BYTES_PER_KEY;
        if (newest.size() > limit) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "One upsert into table %s may hold %d keys within its memory budget of %s; split it or raise the budget"
                            .formatted(table.name(), limit, options.memoryBudget()));
        }
    }

    private IngestReceipt commit(List<DataFile> files, WriteGates gates) {
        table.refresh();
        Snapshot start = table.snapshot(options.branch());
        DeletedRows deleted = new DeletedRows();
        List<String> oldFiles = start == null ? List.of() : findOldRows(start, deleted);
        long replacedRows = deleted.count();
        addLostRows(files, deleted);
        DeleteFilesWriter.Written written = DeleteFilesWriter.write(table, deleted);
        CommitResult result = Commits.commit(
                table,
                target -> delta(target, start, oldFiles, files, written),
                options.request(gates.summary()),
                () -> FileCleanup.delete(table.io(), written.locations()));
        if (result.alreadyCommitted()) {
            FileCleanup.delete(
                    table.io(), files.stream().map(DataFile::location).toList());
            return IngestReceipt.repeated(result.snapshotId());
        }
        return new IngestReceipt(
                OptionalLong.of(result.snapshotId()),
                false,
                newest.size(),
                gates.rejectedRows(),
                replacedRows,
                files.size(),
                written.added().size(),
                files.stream().mapToLong(DataFile::fileSizeInBytes).sum() + written.bytes());
    }

    private RowDelta delta(
            Table target,
            @Nullable Snapshot start,
            List<String> oldFiles,
            List<DataFile> files,
            DeleteFilesWriter.Written written) {
        RowDelta delta = target.newRowDelta().validateDataFilesExist(oldFiles).validateDeletedFiles();
        if (start != null) {
            delta.validateFromSnapshot(start.snapshotId());
        }
        delta.conflictDetectionFilter(range.filter())
                .validateNoConflictingDataFiles()
                .validateNoConflictingDeleteFiles();
        files.forEach(delta::addRows);
        written.added().forEach(delta::addDeletes);
        written.replaced().forEach(delta::removeDeletes);
        return delta;
    }

    private List<String> findOldRows(Snapshot start, DeletedRows deleted) {
        Expression filter = range.filter();
        RowLocator locator = new RowLocator(table, keySchema, filter);
        try (CloseableIterable<FileScanTask> tasks =
                table.newScan().useSnapshot(start.snapshotId()).filter(filter).planFiles()) {
            for (FileScanTask task : tasks) {
                String location = task.file().location();
                deleted.addFile(location, task.spec(), task.file().partition(), RowLocator.positionDeletes(task));
                locator.forEachVisible(task, (row, position) -> {
                    if (newest.containsKey(row)) {
                        deleted.addPosition(location, position);
                    }
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan an upsert into table " + table.name(), e);
        }
        return deleted.locations();
    }

    private void addLostRows(List<DataFile> files, DeletedRows deleted) {
        if (lost.isEmpty()) {
            return;
        }
        for (DataFile file : files) {
            deleted.addFile(
                    file.location(),
                    Objects.requireNonNull(table.specs().get(file.specId())),
                    file.partition(),
                    List.of());
        }
        for (Placed row : lost) {
            if (row.location != null) {
                deleted.addPosition(row.location, row.position);
            }
        }
    }

    private static boolean isOlder(Types.NestedField column, @Nullable Object value, @Nullable Object than) {
        if (value == null || than == null) {
            return value == null && than != null;
        }
        return Comparators.forType(column.type().asPrimitiveType()).compare(value, than) < 0;
    }

    private static Schema keySchema(Table table, List<String> keyColumns) {
        if (keyColumns.isEmpty()) {
            throw new TarnException(ErrorKind.INVALID, "An upsert needs at least one key column");
        }
        List<Types.NestedField> fields = new ArrayList<>();
        for (String name : keyColumns) {
            Types.NestedField field = column(table, name);
            Type.TypeID type = field.type().typeId();
            if (!field.type().isPrimitiveType() || type == Type.TypeID.FLOAT || type == Type.TypeID.DOUBLE) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' of type %s cannot be a key; keys are primitive and not floating-point"
                                .formatted(name, field.type()));
            }
            fields.add(field);
        }
        return new Schema(fields);
    }

    private static Types.NestedField column(Table table, String name) {
        List<String> known =
                table.schema().columns().stream().map(Types.NestedField::name).toList();
        return table.schema().columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new TarnException(
                        ErrorKind.INVALID,
                        "Table %s has no column '%s'%s".formatted(table.name(), name, NearestName.hint(name, known))));
    }
}
