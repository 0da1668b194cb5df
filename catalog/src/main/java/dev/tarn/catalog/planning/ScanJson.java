package dev.tarn.catalog.planning;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.SingleValueParser;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.ExpressionParser;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes plans as the protocol's JSON, straight from the columns, in the order of fields that Iceberg's own writer has.
 */
final class ScanJson {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private ScanJson() {}

    /** Partition values as an array. */
    static String partition(Types.StructType type, StructLike values) {
        return text(out -> {
            out.writeStartArray();
            for (int i = 0; i < type.fields().size(); i++) {
                SingleValueParser.toJson(type.fields().get(i).type(), values.get(i, Object.class), out);
            }
            out.writeEndArray();
        });
    }

    static String expression(Expression expression) {
        return text(out -> ExpressionParser.toJson(expression, out));
    }

    /**
     * The tasks of a plan: an object's fields, without its braces.
     *
     * @param statsFields columns whose statistics are written
     * @param token names a range for later
     */
    static byte[] tasks(ScanPlan plan, Set<Integer> statsFields, Function<ScanRange, String> token) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(512 + 600 * plan.tasks().size());
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            out.writeStartObject();
            if (!plan.rest().isEmpty()) {
                out.writeArrayFieldStart("plan-tasks");
                for (ScanRange range : plan.rest()) {
                    out.writeString(token.apply(range));
                }
                out.writeEndArray();
            }
            IdentityHashMap<DeleteIndex.Entry, Integer> deletes = new IdentityHashMap<>();
            writeDeletes(plan.tasks(), deletes, out);
            out.writeArrayFieldStart("file-scan-tasks");
            for (ScanPlan.Task task : plan.tasks()) {
                writeTask(task, statsFields, deletes, out);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write in memory", e);
        }
        byte[] object = bytes.toByteArray();
        return java.util.Arrays.copyOfRange(object, 1, object.length - 1);
    }

    private static void writeDeletes(
            List<ScanPlan.Task> tasks, IdentityHashMap<DeleteIndex.Entry, Integer> deletes, JsonGenerator out)
            throws IOException {
        for (ScanPlan.Task task : tasks) {
            for (DeleteIndex.Entry delete : task.deletes()) {
                if (deletes.isEmpty()) {
                    out.writeArrayFieldStart("delete-files");
                }
                if (deletes.putIfAbsent(delete, deletes.size()) == null) {
                    writeFile(delete.scan(), delete.row(), statsOf(delete), out);
                }
            }
        }
        if (!deletes.isEmpty()) {
            out.writeEndArray();
        }
    }

    /** Readers use the bounds of a delete file's paths, and of the columns that it deletes by. */
    private static Set<Integer> statsOf(DeleteIndex.Entry delete) {
        ManifestColumns columns = delete.scan().columns();
        if (columns.content(delete.row()) == FileContent.POSITION_DELETES) {
            return columns.format(delete.row()) == FileFormat.PUFFIN
                    ? Set.of()
                    : Set.of(MetadataColumns.DELETE_FILE_PATH.fieldId());
        }
        List<Integer> ids = columns.equalityIds(delete.row());
        return ids == null ? Set.of() : new TreeSet<>(ids);
    }

    private static void writeTask(
            ScanPlan.Task task,
            Set<Integer> statsFields,
            IdentityHashMap<DeleteIndex.Entry, Integer> deletes,
            JsonGenerator out)
            throws IOException {
        out.writeStartObject();
        out.writeFieldName("data-file");
        writeFile(task.scan(), task.row(), statsFields, out);
        if (!task.deletes().isEmpty()) {
            out.writeArrayFieldStart("delete-file-references");
            for (DeleteIndex.Entry delete : task.deletes()) {
                Integer index = deletes.get(delete);
                if (index == null) {
                    throw new IllegalStateException("Every delete file of a task was written before");
                }
                out.writeNumber(index);
            }
            out.writeEndArray();
        }
        out.writeFieldName("residual-filter");
        out.writeRawValue(task.scan().residualJson(task.row()));
        out.writeEndObject();
    }

    private static void writeFile(ManifestScan scan, int row, Set<Integer> statsFields, JsonGenerator out)
            throws IOException {
        ManifestColumns columns = scan.columns();
        FileContent content = columns.content(row);
        out.writeStartObject();
        out.writeNumberField("spec-id", scan.rows().manifest().partitionSpecId());
        out.writeStringField("content", content.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        out.writeStringField("file-path", columns.path(row));
        out.writeStringField("file-format", columns.format(row).name().toLowerCase(Locale.ROOT));
        out.writeFieldName("partition");
        out.writeRawValue(scan.partitionJson(row));
        out.writeNumberField("file-size-in-bytes", columns.fileSize(row));
        out.writeNumberField("record-count", columns.records().get(row));
        if (!statsFields.isEmpty()) {
            writeStats(columns, row, statsFields, out);
        }
        ByteBuffer keyMetadata = columns.keyMetadata(row);
        if (keyMetadata != null) {
            out.writeStringField("key-metadata", hex(keyMetadata));
        }
        writeNumbers("split-offsets", columns.splitOffsets(row), out);
        writeNumbers("equality-ids", columns.equalityIds(row), out);
        writeNumber("sort-order-id", columns.sortOrder(row), out);
        if (content == FileContent.DATA) {
            writeNumber("first-row-id", scan.rows().firstRowId(row), out);
        } else {
            String referenced = columns.referencedFile(row);
            if (referenced != null) {
                out.writeStringField("referenced-data-file", referenced);
            }
            writeNumber("content-offset", columns.contentOffset(row), out);
            writeNumber("content-size-in-bytes", columns.contentSize(row), out);
        }
        out.writeEndObject();
    }

    private static void writeStats(ManifestColumns columns, int row, Set<Integer> fields, JsonGenerator out)
            throws IOException {
        writeCounts("column-sizes", columns, row, fields, ColumnStats::sizes, out);
        writeCounts("value-counts", columns, row, fields, ColumnStats::values, out);
        writeCounts("null-value-counts", columns, row, fields, ColumnStats::nulls, out);
        writeCounts("nan-value-counts", columns, row, fields, ColumnStats::nans, out);
        writeBounds("lower-bounds", columns, row, fields, ColumnStats::lower, out);
        writeBounds("upper-bounds", columns, row, fields, ColumnStats::upper, out);
    }

    private static void writeCounts(
            String name,
            ManifestColumns columns,
            int row,
            Set<Integer> fields,
            Function<ColumnStats, @Nullable LongColumn> part,
            JsonGenerator out)
            throws IOException {
        List<Integer> known = fields.stream()
                .sorted()
                .filter(id -> {
                    LongColumn column = part.apply(columns.stats(id));
                    return column != null && column.has(row);
                })
                .toList();
        if (known.isEmpty()) {
            return;
        }
        writeKeys(name, known, out);
        for (int id : known) {
            LongColumn column = part.apply(columns.stats(id));
            out.writeNumber(column == null ? 0 : column.get(row));
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeBounds(
            String name,
            ManifestColumns columns,
            int row,
            Set<Integer> fields,
            Function<ColumnStats, @Nullable BoundColumn> part,
            JsonGenerator out)
            throws IOException {
        List<Integer> known = fields.stream()
                .sorted()
                .filter(id -> {
                    BoundColumn column = part.apply(columns.stats(id));
                    return column != null && column.has(row);
                })
                .toList();
        if (known.isEmpty()) {
            return;
        }
        writeKeys(name, known, out);
        for (int id : known) {
            BoundColumn column = part.apply(columns.stats(id));
            out.writeString(column == null ? "" : hex(column.value(row)));
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeKeys(String name, List<Integer> keys, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeArrayFieldStart("keys");
        for (int key : keys) {
            out.writeNumber(key);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("values");
    }

    private static void writeNumbers(String name, @Nullable List<? extends Number> numbers, JsonGenerator out)
            throws IOException {
        if (numbers == null) {
            return;
        }
        out.writeArrayFieldStart(name);
        for (Number number : numbers) {
            out.writeNumber(number.longValue());
        }
        out.writeEndArray();
    }

    private static void writeNumber(String name, @Nullable Number number, JsonGenerator out) throws IOException {
        if (number != null) {
            out.writeNumberField(name, number.longValue());
        }
    }

    private static String hex(ByteBuffer bytes) {
        ByteBuffer view = bytes.duplicate();
        StringBuilder hex = new StringBuilder(2 * view.remaining());
        while (view.hasRemaining()) {
            int b = view.get() & 0xff;
            hex.append(HEX[b >> 4]).append(HEX[b & 15]);
        }
        return hex.toString();
    }

    private interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    private static String text(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write in memory", e);
        }
        return text.toString();
    }
}
