package dev.tarn.kafka.decode;

import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain text in UTF-8, as keys often are: one field named {@link RecordDecoder#WHOLE}. */
public final class TextDecoder implements RecordDecoder {
    @Override
    public Map<String, @Nullable Object> decode(byte[] bytes) {
        try {
            Map<String, @Nullable Object> whole = new LinkedHashMap<>();
            whole.put(
                    WHOLE,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
            return whole;
        } catch (CharacterCodingException e) {
            throw new BadRecordException(Fault.UNDECODABLE, "Expected text in UTF-8", e);
        }
    }
}
