package dev.tarn.writer.contract.check;

import dev.tarn.writer.contract.Bound;
import dev.tarn.writer.contract.Check;
import dev.tarn.writer.internal.ColumnReaders;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.util.Optional;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.types.Types;

/** Rows whose decimal lies outside of a range. Decimals that fit into 64 bits are compared as whole numbers. */
final class DecimalRangeCheck implements RowCheck {
    private final String column;
    private final Types.DecimalType type;
    private final long low;
    private final long high;
    private final Optional<Bound> min;
    private final Optional<Bound> max;
    private long[] words = {};

    /** The bounds twice: in units of the last place for the fast way, and exact. */
    DecimalRangeCheck(
            String column, Types.DecimalType type, Optional<Long> low, Optional<Long> high, Check.Range range) {
        this.column = column;
        this.type = type;
        this.low = low.orElse(Long.MIN_VALUE);
        this.high = high.orElse(Long.MAX_VALUE);
        this.min = range.min();
        this.max = range.max();
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        FieldVector vector = view.vector();
        return vector instanceof DecimalVector decimals && decimals.getScale() == type.scale() && count > 0
                ? markWords(view, decimals, rows, count, marks)
                : markExact(view, rows, count, marks);
    }

    private int markWords(ColumnView view, DecimalVector vector, int[] rows, int count, RowMarks marks) {
        int length = vector.getValueCount() * 2;
        if (words.length < length) {
            words = new long[length];
        }
        vector.getDataBuffer()
                .nioBuffer(0, length * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer()
                .get(words, 0, length);
        ColumnReaders.DecimalReader exact = ColumnReaders.decimals(column, type, vector);
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            long lower = words[row * 2];
            boolean fits = words[row * 2 + 1] == lower >> 63;
            boolean good = fits ? lower >= low && lower <= high : !view.isNull(row) && isGood(exact.at(row));
            if (!good && !view.isNull(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private int markExact(ColumnView view, int[] rows, int count, RowMarks marks) {
        ColumnReaders.DecimalReader reader = ColumnReaders.decimals(column, type, view.vector());
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && !isGood(reader.at(row))) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private boolean isGood(BigDecimal value) {
        return min.map(bound -> isInside(value.compareTo(new BigDecimal(bound.literal())), bound))
                        .orElse(true)
                && max.map(bound -> isInside(-value.compareTo(new BigDecimal(bound.literal())), bound))
                        .orElse(true);
    }

    private static boolean isInside(int order, Bound bound) {
        return bound.inclusive() ? order >= 0 : order > 0;
    }
}
