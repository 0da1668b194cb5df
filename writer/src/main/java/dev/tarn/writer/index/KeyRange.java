package dev.tarn.writer.index;

import dev.tarn.writer.internal.ArrowRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of a call have in common, as a filter that prunes files: the values of a column while they are few, else
 * their smallest and largest. Not thread-safe.
 */
public final class KeyRange {
    /** Iceberg evaluates lists of up to 200 values against file bounds; half of that keeps filters readable in logs. */
    private static final int MAX_VALUES = 100;

    private final KeyColumns keys;
    private final List<Column> columns = new ArrayList<>();
    private boolean empty = true;

    private static final class Column {
        private final Types.NestedField field;
        private final Comparator<Object> order;
        private final Set<Object> values = new HashSet<>();
        private @Nullable Object smallest;
        private @Nullable Object largest;

        Column(Types.NestedField field) {
            this.field = field;
            this.order = Comparators.forType(field.type().asPrimitiveType());
        }

        void add(Object value) {
            if (values.size() <= MAX_VALUES) {
                values.add(value);
            }
            if (smallest == null || order.compare(value, smallest) < 0) {
                smallest = value;
            }
            if (largest == null || order.compare(value, largest) > 0) {
                largest = value;
            }
        }

        Expression filter() {
            if (smallest == null || largest == null || !isComparable(field)) {
                return Expressions.alwaysTrue();
            }
            if (values.size() <= MAX_VALUES) {
                return Expressions.in(field.name(), values);
            }
            return Expressions.and(
                    Expressions.greaterThanOrEqual(field.name(), smallest),
                    Expressions.lessThanOrEqual(field.name(), largest));
        }
    }

    /** Of no keys yet. */
    public KeyRange(KeyColumns keys) {
        this.keys = keys;
        keys.schema().columns().forEach(field -> columns.add(new Column(field)));
    }

    /** Adds the keys of some rows of a batch, which have all their parts. */
    public void add(VectorSchemaRoot batch, int[] rows, int count) {
        ArrowRow row = new ArrowRow(keys.schema().asStruct(), batch);
        for (int i = 0; i < count; i++) {
            row.at(rows[i]);
            empty = false;
            for (int column = 0; column < columns.size(); column++) {
                if (isComparable(columns.get(column).field)) {
                    columns.get(column).add(row.get(column, Object.class));
                }
            }
        }
    }

    /** Matches every row that may have one of the keys; false when no key was seen. */
    public Expression filter() {
        if (empty) {
            return Expressions.alwaysFalse();
        }
        return columns.stream().map(Column::filter).reduce(Expressions.alwaysTrue(), Expressions::and);
    }

    /** Whether internal values of the type are understood as literals of expressions; others are not pruned by. */
    private static boolean isComparable(Types.NestedField column) {
        return switch (column.type().typeId()) {
            case INTEGER, LONG, DATE, TIMESTAMP, STRING, DECIMAL -> true;
            default -> false;
        };
    }
}
