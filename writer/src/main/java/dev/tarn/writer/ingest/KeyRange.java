package dev.tarn.writer.ingest;

import java.util.Comparator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Smallest and largest value of each key column seen, as a filter that prunes files. Not thread-safe. */
final class KeyRange {
    private final Schema keySchema;
    private final @Nullable Object[] smallest;
    private final @Nullable Object[] largest;

    KeyRange(Schema keySchema) {
        this.keySchema = keySchema;
        this.smallest = new Object[keySchema.columns().size()];
        this.largest = new Object[keySchema.columns().size()];
    }

    void add(KeyTuple key) {
        for (int i = 0; i < smallest.length; i++) {
            Object value = key.get(i, Object.class);
            Comparator<Object> order =
                    Comparators.forType(keySchema.columns().get(i).type().asPrimitiveType());
            Object low = smallest[i];
            if (low == null || order.compare(value, low) < 0) {
                smallest[i] = value;
            }
            Object high = largest[i];
            if (high == null || order.compare(value, high) > 0) {
                largest[i] = value;
            }
        }
    }

    /** Matches every row that may have one of the keys; false when no key was seen. */
    Expression filter() {
        Expression filter = Expressions.alwaysTrue();
        for (int i = 0; i < smallest.length; i++) {
            Types.NestedField column = keySchema.columns().get(i);
            Object low = smallest[i];
            Object high = largest[i];
            if (low == null || high == null) {
                return Expressions.alwaysFalse();
            }
            if (isComparable(column)) {
                filter = Expressions.and(
                        filter,
                        Expressions.and(
                                Expressions.greaterThanOrEqual(column.name(), low),
                                Expressions.lessThanOrEqual(column.name(), high)));
            }
        }
        return filter;
    }

    /** Whether internal values of the type are understood as literals of expressions; others are not pruned by. */
    private static boolean isComparable(Types.NestedField column) {
        return switch (column.type().typeId()) {
            case INTEGER, LONG, DATE, TIMESTAMP, STRING, DECIMAL -> true;
            default -> false;
        };
    }
}
