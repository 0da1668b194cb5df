package dev.tarn.cli.output;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Keeps a small result in memory, for code that works on with it. Not thread-safe. */
public final class CollectedRows implements ResultWriter {
    /** More than a person reads, and little memory: a larger result here is a mistake. */
    private static final int MAX_ROWS = 100_000;

    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private Schema schema = new Schema(List.of());

    @Override
    public void begin(Schema resultSchema) {
        schema = resultSchema;
    }

    @Override
    public void batch(VectorSchemaRoot batch) {
        for (int row = 0; row < batch.getRowCount(); row++) {
            if (rows.size() == MAX_ROWS) {
                throw new IllegalStateException("A result of more than %d rows was collected".formatted(MAX_ROWS));
            }
            Map<String, @Nullable Object> cells = new LinkedHashMap<>();
            for (FieldVector vector : batch.getFieldVectors()) {
                cells.put(vector.getName(), Cells.value(vector, row));
            }
            rows.add(cells);
        }
    }

    @Override
    public void end() {
        // Nothing is held back.
    }

    /** The schema of the result. */
    public Schema schema() {
        return schema;
    }

    /** All rows: cells by column name, in the order of the columns. */
    public List<Map<String, @Nullable Object>> rows() {
        return List.copyOf(rows);
    }

    /**
     * A whole number of the first row; null counts as 0, as in a sum over no rows.
     *
     * @throws NoSuchElementException if there is no row or no such column
     */
    public long number(String column) {
        if (rows.isEmpty() || !rows.get(0).containsKey(column)) {
            throw new NoSuchElementException("The result has no row with column " + column);
        }
        Object value = rows.get(0).get(column);
        return value == null ? 0 : new BigDecimal(value.toString()).longValueExact();
    }
}
