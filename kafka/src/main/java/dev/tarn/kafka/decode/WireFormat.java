package dev.tarn.kafka.decode;

import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.nio.ByteBuffer;

/**
 * The header that serializers of a schema registry write: a zero byte and the id of the schema as four bytes, big-endian
 * (<a href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">wire
 * format</a>).
 */
final class WireFormat {
    private static final byte MAGIC = 0;
    private static final int HEADER_BYTES = 5;

    private WireFormat() {}

    static boolean isPresent(byte[] bytes) {
        return bytes.length >= HEADER_BYTES && bytes[0] == MAGIC;
    }

    /** The id; the buffer is left at the first byte after the header. */
    static int readSchemaId(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES || bytes.get(bytes.position()) != MAGIC) {
            throw new BadRecordException(
                    Fault.UNDECODABLE,
                    "Expected a zero byte and a schema id of 4 bytes but found %d bytes%s; is the record written with a schema registry?"
                            .formatted(
                                    bytes.remaining(),
                                    bytes.hasRemaining()
                                            ? " that begin with 0x%02x".formatted(bytes.get(bytes.position()))
                                            : ""));
        }
        bytes.get();
        return bytes.getInt();
    }
}
