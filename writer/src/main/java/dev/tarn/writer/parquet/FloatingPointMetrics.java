package dev.tarn.writer.parquet;

import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** Counts NaNs and keeps bounds of one float or double column, which Parquet's own statistics cannot. Not thread-safe. */
final class FloatingPointMetrics {
    private final int fieldId;
    private final boolean single;
    private long values;
    private long nulls;
    private long nans;
    private double lower = Double.POSITIVE_INFINITY;
    private double upper = Double.NEGATIVE_INFINITY;

    FloatingPointMetrics(int fieldId, Type type) {
        this.fieldId = fieldId;
        this.single = type.typeId() == Type.TypeID.FLOAT;
    }

    void add(double value) {
        values++;
        if (Double.isNaN(value)) {
            nans++;
            return;
        }
        // Double.compare puts -0.0 below 0.0, which a plain comparison would not.
        if (Double.compare(value, lower) < 0) {
            lower = value;
        }
        if (Double.compare(value, upper) > 0) {
            upper = value;
        }
    }

    void addNull() {
        values++;
        nulls++;
    }

    FieldMetrics<?> toFieldMetrics() {
        boolean bounded = values - nulls - nans > 0;
        @Nullable Double low = bounded ? lower : null;
        @Nullable Double high = bounded ? upper : null;
        if (single) {
            return floats(low, high);
        }
        return doubles(low, high);
    }

    @SuppressWarnings("NullAway") // Iceberg takes null for absent bounds.
    private FieldMetrics<Double> doubles(@Nullable Double low, @Nullable Double high) {
        return new FieldMetrics<>(fieldId, values, nulls, nans, low, high);
    }

    @SuppressWarnings("NullAway") // Iceberg takes null for absent bounds.
    private FieldMetrics<Float> floats(@Nullable Double low, @Nullable Double high) {
        return new FieldMetrics<>(
                fieldId,
                values,
                nulls,
                nans,
                low == null ? null : low.floatValue(),
                high == null ? null : high.floatValue());
    }
}
