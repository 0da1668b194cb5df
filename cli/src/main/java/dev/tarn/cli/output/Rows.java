package dev.tarn.cli.output;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Rows that a command makes itself, as lists of tables or snapshots. Held in memory; not thread-safe. */
public final class Rows {
    /** Rows per Arrow batch: keeps the memory of a long list small. */
    private static final int BATCH_ROWS = 4_096;

    private final List<Column> columns;
    private final List<@Nullable Object[]> rows = new ArrayList<>();

    private Rows(List<Column> columns) {
        this.columns = columns;
    }

    /** No rows yet, with these columns. */
    public static Rows of(Column... columns) {
        return new Rows(List.of(columns));
    }

    /**
     * Adds a row with one value per column; null where there is none.
     *
     * @throws IllegalArgumentException if the number of values is another
     */
    public Rows add(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    "Expected %d values but found %d".formatted(columns.size(), values.length));
        }
        rows.add(values.clone());
        return this;
    }

    /** How many rows there are. */
    public int size() {
        return rows.size();
    }

    /** Prints all rows. */
    public void print(ResultWriter writer) {
        Schema schema = new Schema(columns.stream().map(Column::toField).toList());
        writer.begin(schema);
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
                fill(root, rows.subList(from, Math.min(rows.size(), from + BATCH_ROWS)));
                writer.batch(root);
            }
        }
        writer.end();
    }

    private void fill(VectorSchemaRoot root, List<@Nullable Object[]> batch) {
        root.allocateNew();
        for (int column = 0; column < columns.size(); column++) {
            FieldVector vector = root.getVector(column);
            for (int row = 0; row < batch.size(); row++) {
                Object value = batch.get(row)[column];
                if (value == null) {
                    vector.setNull(row);
                } else {
                    set(vector, row, value);
                }
            }
        }
        root.setRowCount(batch.size());
    }

    private static void set(FieldVector vector, int row, Object value) {
        if (vector instanceof VarCharVector text) {
            text.setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof BigIntVector number) {
            number.setSafe(row, ((Number) value).longValue());
        } else if (vector instanceof BitVector bool) {
            bool.setSafe(row, Boolean.TRUE.equals(value) ? 1 : 0);
        } else if (vector instanceof TimeStampMicroTZVector time) {
            time.setSafe(row, ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
        } else {
            throw new IllegalStateException("No column kind for " + vector.getField());
        }
    }
}
