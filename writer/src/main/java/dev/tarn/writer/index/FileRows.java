package dev.tarn.writer.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.formats.ReadBuilder;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PartitionUtil;

/**
 * Reads some columns of single data files as records, with their positions: for filters, for rewriting, and for keys of
 * files that cannot be read column by column. Confined to one thread.
 */
public final class FileRows {
    private final Table table;
    private final Schema projection;
    private final Expression filter;

    /** Gets every row. */
    @FunctionalInterface
    public interface RowAt {
        /**
         * A row.
         *
         * @param row the projected columns first, in their order, then others; valid during the call
         * @param position its position in the data file
         */
        void found(Record row, long position);
    }

    /**
     * For some columns of a table, which may include columns of row lineage.
     *
     * @param filter lets row groups be skipped; rows that do not match may still be shown
     */
    public FileRows(Table table, Schema projection, Expression filter) {
        this.table = table;
        this.projection = projection;
        this.filter = filter;
    }

    /** Shows the rows that no delete of the task hides. */
    public void forEachVisible(FileScanTask task, RowAt consumer) {
        GenericDeleteFilter deletes =
                new GenericDeleteFilter(table.io(), task, table.schema(), withPosition(projection));
        read(task, deletes.requiredSchema(), deletes, consumer);
    }

    /** Shows all rows of the data file of a task, deleted or not. */
    public void forEach(FileScanTask task, RowAt consumer) {
        Schema required = withPosition(projection);
        try (CloseableIterable<Record> rows = open(task, required)) {
            show(rows, required, consumer);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + task.file().location(), e);
        }
    }

    /** Shows all rows of a data file that no table refers to yet and that has all projected columns. */
    public void forEach(InputFile file, FileFormat format, RowAt consumer) {
        Schema required = withPosition(projection);
        ReadBuilder<Record, Object> builder = FormatModelRegistry.readBuilder(format, Record.class, file);
        try (CloseableIterable<Record> rows =
                builder.project(required).filter(filter).build()) {
            show(rows, required, consumer);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.location(), e);
        }
    }

    /** The deletes of a task that name positions: vectors and position delete files. */
    public static List<DeleteFile> positionDeletes(FileScanTask task) {
        return task.deletes().stream()
                .filter(delete -> delete.content() == FileContent.POSITION_DELETES)
                .toList();
    }

    /** Whether deletes of a task name values instead of positions. */
    public static boolean hasEqualityDeletes(FileScanTask task) {
        return task.deletes().stream().anyMatch(delete -> delete.content() == FileContent.EQUALITY_DELETES);
    }

    private void read(FileScanTask task, Schema required, GenericDeleteFilter deletes, RowAt consumer) {
        try (CloseableIterable<Record> rows = deletes.filter(open(task, required))) {
            show(rows, required, consumer);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + task.file().location(), e);
        }
    }

    private static void show(Iterable<Record> rows, Schema required, RowAt consumer) {
        int position = positionOf(required);
        for (Record record : rows) {
            consumer.found(record, record.get(position, Long.class));
        }
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

    /** Reads everything of the projected columns. */
    static FileRows all(Table table, Schema projection) {
        return new FileRows(table, projection, Expressions.alwaysTrue());
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
