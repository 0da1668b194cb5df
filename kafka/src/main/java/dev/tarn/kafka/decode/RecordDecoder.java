package dev.tarn.kafka.decode;

import java.math.BigDecimal;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a record's key or value into fields by name. Values are {@code Boolean}, {@code Integer}, {@code
 * Long}, {@code BigInteger}, {@code Float}, {@code Double}, {@code BigDecimal}, {@code String}, {@code byte[]}, {@code
 * LocalDate}, {@code LocalTime}, {@code LocalDateTime}, {@code Instant}, {@code UUID}, lists and maps of those, and null.
 * Used by one thread.
 */
public interface RecordDecoder {
    /** The name of the one field where the whole is no record but a single value, as keys often are. */
    String WHOLE = "";

    /**
     * Decodes one key or value.
     *
     * @param bytes not changed and not kept
     * @throws BadRecordException if these bytes are no record of this format
     * @throws dev.tarn.common.TarnException UNAVAILABLE and others if the schema cannot be had, which is not the record's fault
     */
    Map<String, @Nullable Object> decode(byte[] bytes);

    /** The type of a column that is made for a number. */
    default Type typeOf(Number number) {
        if (number instanceof Integer) {
            return Types.IntegerType.get();
        } else if (number instanceof Long) {
            return Types.LongType.get();
        } else if (number instanceof Float) {
            return Types.FloatType.get();
        } else if (number instanceof Double) {
            return Types.DoubleType.get();
        }
        int scale = number instanceof BigDecimal decimal ? Math.max(0, Math.min(38, decimal.scale())) : 0;
        return Types.DecimalType.of(38, scale);
    }
}
