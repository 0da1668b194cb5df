package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.change.ChangeEvent;
import dev.tarn.writer.change.MergeOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Rows, transposed into batches. Not thread-safe; whoever makes it closes it. */
final class RowSource implements BatchSource, AutoCloseable {
    /** Rows of one batch: enough for the cost per batch not to matter, little enough to stay in the processor's cache. */
    private static final int BATCH_ROWS = 8_192;

    /** Above all ids that a table gives to its columns, and below those of metadata columns. */
    private static final int EVENT_COLUMN_ID = Integer.MAX_VALUE - 1_000_000;

    /** Rows are written from memory that no caller sees, so the limit only stops rows of absurd size. */
    private static final long MAX_BATCH_BYTES = 1L << 30;

    private final org.apache.arrow.vector.types.pojo.Schema schema;
    private final BufferAllocator allocator;
    private final VectorSchemaRoot root;
    private final RowTransposer transposer;
    private final Iterator<BiFunction<String, Integer, @Nullable Object>> rows;

    private RowSource(Schema tableSchema, Iterator<BiFunction<String, Integer, @Nullable Object>> rows) {
        this.schema = ArrowSchemas.toArrow(tableSchema);
        this.rows = rows;
        this.allocator = new RootAllocator(MAX_BATCH_BYTES);
        this.root = VectorSchemaRoot.create(schema, allocator);
        this.transposer = new RowTransposer(tableSchema, root);
    }

    static RowSource ofRecords(Schema schema, Iterable<Record> records) {
        Iterator<Record> source = records.iterator();
        return new RowSource(schema, mapped(source, record -> (name, position) -> record.getField(name)));
    }

    static RowSource ofMaps(Schema schema, Iterable<Map<String, Object>> maps) {
        List<String> names =
                schema.columns().stream().map(Types.NestedField::name).toList();
        return new RowSource(schema, mapped(maps.iterator(), map -> {
            refuseUnknown(map, names);
            return (name, position) -> map.get(name);
        }));
    }

    static RowSource ofEvents(Schema schema, Iterable<ChangeEvent> events, MergeOptions merge) {
        List<Types.NestedField> columns = new ArrayList<>();
        for (Types.NestedField column : schema.columns()) {
            // A delete has a key only, so nothing else may be required of the events.
            columns.add(column.asOptional());
        }
        columns.removeIf(column -> column.name().equals(merge.operationColumn()));
        columns.add(Types.NestedField.optional(EVENT_COLUMN_ID, merge.operationColumn(), Types.StringType.get()));
        merge.sequenceColumn()
                .filter(name -> schema.findField(name) == null)
                .ifPresent(name ->
                        columns.add(Types.NestedField.optional(EVENT_COLUMN_ID + 1, name, Types.LongType.get())));
        Schema withOperation = new Schema(columns);
        List<String> names = columns.stream().map(Types.NestedField::name).toList();
        return new RowSource(withOperation, mapped(events.iterator(), event -> {
            refuseUnknown(event.values(), names);
            String kind = event.kind().name().toLowerCase(Locale.ROOT);
            return (name, position) ->
                    name.equals(merge.operationColumn()) ? kind : event.values().get(name);
        }));
    }

    private static void refuseUnknown(Map<String, Object> values, List<String> names) {
        values.keySet().forEach(name -> {
            if (!names.contains(name)) {
                throw new TarnException(
                        ErrorKind.INVALID, "There is no column '%s'%s".formatted(name, NearestName.hint(name, names)));
            }
        });
    }

    @Override
    public org.apache.arrow.vector.types.pojo.Schema schema() {
        return schema;
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        if (!rows.hasNext()) {
            return null;
        }
        transposer.begin();
        while (rows.hasNext() && transposer.rows() < BATCH_ROWS) {
            transposer.add(rows.next());
        }
        transposer.end();
        return root;
    }

    @Override
    public void close() {
        root.close();
        allocator.close();
    }

    private static <T> Iterator<BiFunction<String, Integer, @Nullable Object>> mapped(
            Iterator<T> source, java.util.function.Function<T, BiFunction<String, Integer, @Nullable Object>> view) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public BiFunction<String, Integer, @Nullable Object> next() {
                return view.apply(source.next());
            }
        };
    }
}
