package dev.tarn.kafka.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * JSON objects. The header of a schema registry is passed over, as JSON needs no schema to be read; of what Kafka
 * Connect's JSON converter writes ({@code schema} and {@code payload}) the payload is taken.
 */
public final class JsonDecoder implements RecordDecoder {
    /** Deeper values are an attack or a mistake: no table has so many levels. */
    private static final int MAX_DEPTH = 100;

    private static final int HEADER_BYTES = 5;

    private static final ObjectReader READER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readerFor(Object.class);

    @Override
    public Map<String, @Nullable Object> decode(byte[] bytes) {
        int start = WireFormat.isPresent(bytes) ? HEADER_BYTES : 0;
        Map<String, @Nullable Object> object = parse(bytes, start);
        if (object.size() == 2 && object.containsKey("schema") && object.get("payload") instanceof Map<?, ?> payload) {
            return fields(payload);
        }
        return object;
    }

    /** JSON says neither how large numbers may become nor whether they are exact. */
    @Override
    public Type typeOf(Number number) {
        if (number instanceof Integer) {
            return Types.LongType.get();
        }
        return number instanceof BigDecimal ? Types.DoubleType.get() : RecordDecoder.super.typeOf(number);
    }

    private static Map<String, @Nullable Object> parse(byte[] bytes, int start) {
        try {
            Object value = READER.readValue(bytes, start, bytes.length - start);
            if (value instanceof Map<?, ?> object) {
                return fields(object);
            }
            Map<String, @Nullable Object> whole = new LinkedHashMap<>();
            whole.put(WHOLE, value);
            return whole;
        } catch (IOException e) {
            // The parser's own message quotes the input.
            throw new BadRecordException(
                    Fault.UNDECODABLE, "Expected JSON but found %d other bytes".formatted(bytes.length));
        }
    }

    @SuppressWarnings("unchecked") // the keys of JSON objects are strings
    private static Map<String, @Nullable Object> fields(Map<?, ?> object) {
        return (Map<String, @Nullable Object>) object;
    }
}
