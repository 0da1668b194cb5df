package dev.tarn.writer.contract.check;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The smallest and largest value of each key column seen, as a filter that lets a scan skip files. Not thread-safe. */
public final class KeyBounds {
    private final List<String> paths;
    private final List<Types.NestedField> fields;
    private final long[] smallest;
    private final long[] largest;
    private final byte[] @Nullable [] first;
    private final byte[] @Nullable [] last;
    private boolean seen;

    /** For the columns of a table. */
    public KeyBounds(List<String> paths, List<Types.NestedField> fields) {
        this.paths = List.copyOf(paths);
        this.fields = List.copyOf(fields);
        this.smallest = new long[fields.size()];
        this.largest = new long[fields.size()];
        this.first = new byte[fields.size()][];
        this.last = new byte[fields.size()][];
        Arrays.fill(smallest, Long.MAX_VALUE);
        Arrays.fill(largest, Long.MIN_VALUE);
    }

    /** Looks at the rows of a batch. */
    public void add(BatchColumns batch, int[] rows, int count) {
        seen |= count > 0;
        for (int i = 0; i < fields.size(); i++) {
            ColumnView view = batch.column(paths.get(i));
            if (view.isAbsent()) {
                continue;
            }
            if (isWhole(fields.get(i).type())) {
                smallest[i] = Math.min(smallest[i], view.smallest());
                largest[i] = Math.max(largest[i], view.largest());
            } else if (fields.get(i).type().typeId() == Type.TypeID.STRING) {
                addTexts(i, view, rows, count);
            }
        }
    }

    private void addTexts(int column, ColumnView view, int[] rows, int count) {
        TextValues texts = view.text();
        for (int i = 0; i < count; i++) {
            if (!view.isNull(rows[i])) {
                if (isBeyond(texts, rows[i], first[column], -1)) {
                    first[column] = copy(texts, rows[i]);
                }
                if (isBeyond(texts, rows[i], last[column], 1)) {
                    last[column] = copy(texts, rows[i]);
                }
            }
        }
    }

    private static boolean isBeyond(TextValues texts, int row, byte @Nullable [] bound, int sign) {
        if (bound == null) {
            return true;
        }
        int start = texts.start(row);
        int order = Arrays.compareUnsigned(texts.bytes(), start, start + texts.length(row), bound, 0, bound.length);
        return order * sign > 0;
    }

    private static byte[] copy(TextValues texts, int row) {
        int start = texts.start(row);
        return Arrays.copyOfRange(texts.bytes(), start, start + texts.length(row));
    }

    /**
     * Matches every row that may have one of the keys; false when no row was seen.
     *
     * @param columns the names of the columns where the filter is used
     */
    public Expression filter(List<String> columns) {
        if (!seen) {
            return Expressions.alwaysFalse();
        }
        Expression filter = Expressions.alwaysTrue();
        for (int i = 0; i < fields.size(); i++) {
            String path = columns.get(i);
            byte[] low = first[i];
            byte[] high = last[i];
            if (smallest[i] <= largest[i]) {
                filter = Expressions.and(filter, between(path, literal(i, smallest[i]), literal(i, largest[i])));
            } else if (low != null && high != null) {
                String from = new String(low, StandardCharsets.UTF_8);
                String to = new String(high, StandardCharsets.UTF_8);
                filter = Expressions.and(filter, between(path, from, to));
            }
        }
        return filter;
    }

    private static Expression between(String path, Object low, Object high) {
        return Expressions.and(Expressions.greaterThanOrEqual(path, low), Expressions.lessThanOrEqual(path, high));
    }

    private Object literal(int column, long value) {
        return switch (fields.get(column).type().typeId()) {
            case INTEGER, DATE -> (int) value;
            default -> value;
        };
    }

    /** Whether internal values of the type are understood as literals of expressions; others are not pruned by. */
    private static boolean isWhole(Type type) {
        return switch (type.typeId()) {
            case INTEGER, LONG, DATE, TIMESTAMP -> true;
            default -> false;
        };
    }
}
