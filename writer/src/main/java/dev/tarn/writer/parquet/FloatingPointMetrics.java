package dev.tarn.writer.parquet;

import org.apache.iceberg.FieldMetrics;
import org.jspecify.annotations.Nullable;

/** Counts NaNs and keeps bounds of one float or double column, which Parquet's own statistics cannot. Not thread-safe. */
final class FloatingPointMetrics {
    private final int fieldId;
    private final Physical physical;
    private long values;
    private long nulls;
    private long nans;
    private double lower = Double.POSITIVE_INFINITY;
    private double upper = Double.NEGATIVE_INFINITY;

    FloatingPointMetrics(int fieldId, Physical physical) {
        this.fieldId = fieldId;
        this.physical = physical;
    }

    /**
     * Adds a page.
     *
     * @param pageLower smallest value that is no number's absence; positive infinity if there is none
     */
    void add(long pageValues, long pageNulls, long pageNans, double pageLower, double pageUpper) {
        values += pageValues;
        nulls += pageNulls;
        nans += pageNans;
        // Double.compare puts -0.0 below 0.0, which a plain comparison would not.
        if (Double.compare(pageLower, lower) < 0) {
            lower = pageLower;
        }
        if (Double.compare(pageUpper, upper) > 0) {
            upper = pageUpper;
        }
    }

    FieldMetrics<?> toFieldMetrics() {
        boolean bounded = values - nulls - nans > 0;
        @Nullable Double low = bounded ? lower : null;
        @Nullable Double high = bounded ? upper : null;
        if (physical == Physical.FLOAT) {
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
