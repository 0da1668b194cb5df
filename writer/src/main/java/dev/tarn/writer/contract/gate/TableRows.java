package dev.tarn.writer.contract.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.Accessor;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.formats.ReadBuilder;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.util.PartitionUtil;

/** Reads a few columns of the visible rows of a table, leaving out files that a filter rules out. Confined to one thread. */
final class TableRows {
    private final Table table;
    private final Function<Expression, CloseableIterable<FileScanTask>> plan;

    private TableRows(Table table, Function<Expression, CloseableIterable<FileScanTask>> plan) {
        this.table = table;
        this.plan = plan;
    }

    /** The rows of the newest snapshot of main. */
    static TableRows ofCurrent(Table table) {
        Snapshot current = table.currentSnapshot();
        return current == null
                ? new TableRows(table, filter -> CloseableIterable.empty())
                : of(table, current.snapshotId());
    }

    /** The rows of a snapshot. */
    static TableRows of(Table table, long snapshotId) {
        return new TableRows(
                table,
                filter -> table.newScan().useSnapshot(snapshotId).filter(filter).planFiles());
    }

    /** The rows that appends added after one snapshot and up to another; nothing else may have happened in between. */
    static TableRows appended(Table table, long afterSnapshotId, long snapshotId) {
        return new TableRows(
                table,
                filter -> table.newIncrementalAppendScan()
                        .fromSnapshotExclusive(afterSnapshotId)
                        .toSnapshot(snapshotId)
                        .filter(filter)
                        .planFiles());
    }

    /**
     * Shows every row that may match, with some columns.
     *
     * @param columns paths, in the order in which the row has them
     * @param consumer gets the row in Iceberg's internal representation, valid during the call
     */
    void forEach(List<String> columns, Expression filter, Consumer<StructLike> consumer) {
        Schema projection = table.schema().select(columns);
        try (CloseableIterable<FileScanTask> tasks = plan.apply(filter)) {
            for (FileScanTask task : tasks) {
                read(task, projection, columns, filter, consumer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read the columns %s of table %s".formatted(columns, table.name()), e);
        }
    }

    private void read(
            FileScanTask task,
            Schema projection,
            List<String> columns,
            Expression filter,
            Consumer<StructLike> consumer)
            throws IOException {
        GenericDeleteFilter deletes = new GenericDeleteFilter(table.io(), task, table.schema(), projection);
        Schema required = deletes.requiredSchema();
        InternalRecordWrapper wrapper = new InternalRecordWrapper(required.asStruct());
        Columns row = new Columns(required, columns);
        try (CloseableIterable<Record> rows = deletes.filter(open(task, required, filter))) {
            for (Record record : rows) {
                consumer.accept(row.of(wrapper.wrap(record)));
            }
        }
    }

    private CloseableIterable<Record> open(FileScanTask task, Schema required, Expression filter) {
        Map<Integer, ?> constants = PartitionUtil.constantsMap(task, IdentityPartitionConverters::convertConstant);
        ReadBuilder<Record, Object> builder = FormatModelRegistry.readBuilder(
                task.file().format(), Record.class, table.io().newInputFile(task.file()));
        builder = builder.project(required).idToConstant(constants).filter(filter);
        String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
        if (mapping != null) {
            builder = builder.withNameMapping(NameMappingParser.fromJson(mapping));
        }
        return builder.build();
    }

    /** Some columns of a row, which may lie in structs. */
    private static final class Columns implements StructLike {
        private final List<Accessor<StructLike>> accessors;
        private StructLike row;

        Columns(Schema schema, List<String> columns) {
            this.row = this;
            this.accessors = columns.stream()
                    .map(column ->
                            schema.accessorForField(schema.findField(column).fieldId()))
                    .toList();
        }

        Columns of(StructLike next) {
            row = next;
            return this;
        }

        @Override
        public int size() {
            return accessors.size();
        }

        @Override
        public <T> T get(int position, Class<T> javaClass) {
            return javaClass.cast(accessors.get(position).get(row));
        }

        @Override
        public <T> void set(int position, T value) {
            throw new UnsupportedOperationException("A row that was read cannot be changed");
        }
    }
}
