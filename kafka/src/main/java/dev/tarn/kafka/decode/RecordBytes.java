package dev.tarn.kafka.decode;

import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the primitives of Avro's binary encoding, and never more than is there. Not thread-safe. */
final class RecordBytes {
    private final ByteBuffer bytes;

    RecordBytes(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    int remaining() {
        return bytes.remaining();
    }

    boolean readBoolean() {
        require(1);
        int value = bytes.get();
        if (value != 0 && value != 1) {
            throw bad("a boolean that is neither 0 nor 1");
        }
        return value == 1;
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) {
            throw bad("an int of more than 32 bits");
        }
        return (int) value;
    }

    /** A zigzag varint of at most ten bytes. */
    long readLong() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            require(1);
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw bad("a varint of more than ten bytes");
    }

    float readFloat() {
        require(Float.BYTES);
        return bytes.getFloat();
    }

    double readDouble() {
        require(Double.BYTES);
        return bytes.getDouble();
    }

    byte[] readBytes() {
        return readFixed(readLong());
    }

    byte[] readFixed(long length) {
        if (length < 0 || length > bytes.remaining()) {
            throw bad("a length of %d where %d bytes are left".formatted(length, bytes.remaining()));
        }
        byte[] value = new byte[(int) length];
        bytes.get(value);
        return value;
    }

    String readString() {
        byte[] value = readBytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRecordException(Fault.UNDECODABLE, "Avro: a string that is not UTF-8", e);
        }
    }

    static BadRecordException bad(String what) {
        return new BadRecordException(Fault.UNDECODABLE, "Avro: " + what);
    }

    private void require(int count) {
        if (bytes.remaining() < count) {
            throw bad("the record ends in the middle of a value");
        }
    }
}
