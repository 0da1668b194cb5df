package dev.tarn.writer.contract.check;

import dev.tarn.writer.internal.ColumnReaders;
import java.math.BigDecimal;
import org.apache.iceberg.types.Types;

/** Rows whose number is not a multiple of another. */
final class MultipleCheck implements RowCheck {
    private final String column;
    private final Tests tests;

    @FunctionalInterface
    private interface Tests {
        Membership.RowTest on(ColumnView column);
    }

    private MultipleCheck(String column, Tests tests) {
        this.column = column;
        this.tests = tests;
    }

    static MultipleCheck ofLongs(String column, BigDecimal of) {
        if (of.stripTrailingZeros().scale() <= 0 && of.precision() - of.scale() <= 18) {
            long divisor = of.longValueExact();
            return new MultipleCheck(column, view -> {
                long[] values = view.longs();
                return row -> values[row] % divisor == 0;
            });
        }
        return new MultipleCheck(column, view -> {
            long[] values = view.longs();
            return row -> isMultiple(BigDecimal.valueOf(values[row]), of);
        });
    }

    static MultipleCheck ofDoubles(String column, BigDecimal of) {
        return new MultipleCheck(column, view -> {
            double[] values = view.doubles();
            // The shortest decimal that means the double is what people see: 0.3 is a multiple of 0.1.
            return row -> Double.isFinite(values[row]) && isMultiple(BigDecimal.valueOf(values[row]), of);
        });
    }

    static MultipleCheck ofDecimals(String column, Types.DecimalType type, BigDecimal of) {
        return new MultipleCheck(column, view -> {
            ColumnReaders.DecimalReader reader = ColumnReaders.decimals(column, type, view.vector());
            return row -> isMultiple(reader.at(row), of);
        });
    }

    @Override
    public int mark(BatchColumns batch, int[] rows, int count, RowMarks marks) {
        ColumnView view = batch.column(column);
        if (view.isAbsent()) {
            return 0;
        }
        Membership.RowTest test = tests.on(view);
        int bad = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            if (!view.isNull(row) && !test.has(row)) {
                marks.set(row);
                bad++;
            }
        }
        return bad;
    }

    private static boolean isMultiple(BigDecimal value, BigDecimal of) {
        return value.remainder(of).signum() == 0;
    }
}
