package dev.tarn.writer.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
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
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PartitionUtil;

/** Reads a few columns of one data file and tells which positions are still visible. Confined to one thread. */
final class RowLocator {
    private final Table table;
    private final Schema projection;
    private final Expression filter;

    /** Gets every visible row. */
    @FunctionalInterface
    interface VisibleRow {
        /**
         * A row that no delete hides.
         *
         * @param row the projected columns in Iceberg's internal representation, valid during the call
         */
        void found(StructLike row, long position);
    }

    /**
     * For some columns of a table.
     *
     * @param filter lets row groups be skipped; rows that do not match may still be shown
     */
    RowLocator(Table table, Schema projection, Expression filter) {
        this.table = table;
        this.projection = projection;
        this.filter = filter;
    }

    void forEachVisible(FileScanTask task, VisibleRow consumer) {
        GenericDeleteFilter deletes =
                new GenericDeleteFilter(table.io(), task, table.schema(), withPosition(projection));
        Schema required = deletes.requiredSchema();
        int position = positionOf(required);
        InternalRecordWrapper row = new InternalRecordWrapper(projection.asStruct());
        try (CloseableIterable<Record> rows = deletes.filter(open(task, required))) {
            for (Record record : rows) {
                // The projection comes first in the required schema, so the wrapper reads the right places.
                consumer.found(row.wrap(record), record.get(position, Long.class));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + task.file().location(), e);
        }
    }

    /** The deletes of a task that name positions: vectors and position delete files. */
    static List<DeleteFile> positionDeletes(FileScanTask task) {
        return task.deletes().stream()
                .filter(delete -> delete.content() == FileContent.POSITION_DELETES)
                .toList();
    }

    private CloseableIterable<Record> open(FileScanTask task, Schema required) {
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

    private static Schema withPosition(Schema schema) {
        List<Types.NestedField> fields = new ArrayList<>(schema.columns());
        fields.add(MetadataColumns.ROW_POSITION);
        return new Schema(fields);
    }

    private static int positionOf(Schema schema) {
        for (int i = 0; i < schema.columns().size(); i++) {
            if (schema.columns().get(i).fieldId() == MetadataColumns.ROW_POSITION.fieldId()) {
                return i;
            }
        }
        throw new IllegalStateException("No position column in " + schema);
    }
}
