package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.parquet.LeafEncoder.Leaf;
import org.apache.parquet.io.api.Binary;

/** Writes the write-default of a column that a batch leaves out. */
final class ConstantEncoder {
    private ConstantEncoder() {}

    /**
     * An encoder of one value for every row.
     *
     * @param value in Iceberg's internal representation
     */
    static LeafEncoder of(Leaf leaf, Object value) {
        return switch (leaf.type().typeId()) {
            case BOOLEAN -> {
                boolean constant = (Boolean) value;
                yield (out, index, repetition, definition) -> out.write(constant, repetition, definition);
            }
            case INTEGER, DATE -> {
                int constant = ((Number) value).intValue();
                yield (out, index, repetition, definition) -> out.write(constant, repetition, definition);
            }
            case LONG, TIME, TIMESTAMP, TIMESTAMP_NANO -> {
                long constant = ((Number) value).longValue();
                yield (out, index, repetition, definition) -> out.write(constant, repetition, definition);
            }
            case FLOAT -> {
                float constant = ((Number) value).floatValue();
                FloatingPointMetrics metrics = leaf.metrics();
                yield (out, index, repetition, definition) -> {
                    if (metrics != null) {
                        metrics.add(constant);
                    }
                    out.write(constant, repetition, definition);
                };
            }
            case DOUBLE -> {
                double constant = ((Number) value).doubleValue();
                FloatingPointMetrics metrics = leaf.metrics();
                yield (out, index, repetition, definition) -> {
                    if (metrics != null) {
                        metrics.add(constant);
                    }
                    out.write(constant, repetition, definition);
                };
            }
            case STRING -> {
                Binary constant = Binary.fromString(value.toString());
                yield (out, index, repetition, definition) -> out.write(constant, repetition, definition);
            }
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Column '%s' is missing from the batch and its default of type %s cannot be filled in; add the column to the batch"
                                .formatted(leaf.name(), leaf.type()));
        };
    }
}
