package dev.tarn.writer.index;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.UUID;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * The 128 bits that stand for one key, used again for every row. Keys of at most 16 bytes are scrambled without loss; longer
 * ones become the first half of their SHA-256, so that among a thousand million keys of a table two share their bits with
 * a probability of about 1 in 10^21, and nobody can make two that do. Confined to one thread.
 */
public final class KeyHash {
    private static final int DECIMAL_BYTES = 16;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final KeyColumns columns;
    private final MessageDigest digest;
    private final byte[] digested = new byte[32];
    private byte[] bytes = new byte[64];
    private int length;
    private long high;
    private long low;

    /** For keys of these columns. */
    public KeyHash(KeyColumns columns) {
        this.columns = columns;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** The first half; evenly spread over all values. */
    public long high() {
        return high;
    }

    /** The second half. */
    public long low() {
        return low;
    }

    /**
     * Takes the key of a row in Iceberg's internal representation.
     *
     * @return whether no part of it is null
     */
    public boolean set(StructLike row) {
        begin();
        for (int i = 0; i < columns.schema().columns().size(); i++) {
            Object value = row.get(i, Object.class);
            if (value == null) {
                return false;
            }
            put(columns.schema().columns().get(i), value);
        }
        end();
        return true;
    }

    void begin() {
        length = 0;
    }

    void putLong(long value) {
        reserve(Long.BYTES);
        ByteBuffer.wrap(bytes).putLong(length, value);
        length += Long.BYTES;
    }

    /** Bytes of a value whose length varies or is above eight. */
    void putBytes(byte[] value) {
        putBytes(value, 0, value.length);
    }

    void putBytes(byte[] value, int from, int count) {
        reserve(Integer.BYTES + count);
        // The length keeps ("ab", "c") apart from ("a", "bc").
        ByteBuffer.wrap(bytes).putInt(length, count);
        System.arraycopy(value, from, bytes, length + Integer.BYTES, count);
        length += Integer.BYTES + count;
    }

    /** Exactly 16 bytes, without a length. */
    void putUuid(byte[] value) {
        reserve(DECIMAL_BYTES);
        System.arraycopy(value, 0, bytes, length, DECIMAL_BYTES);
        length += DECIMAL_BYTES;
    }

    /** An unscaled decimal as big-endian two's complement of any length up to 16 bytes. */
    void putUnscaled(byte[] value) {
        reserve(DECIMAL_BYTES);
        int filler = DECIMAL_BYTES - value.length;
        Arrays.fill(bytes, length, length + filler, (byte) (value[0] < 0 ? -1 : 0));
        System.arraycopy(value, 0, bytes, length + filler, value.length);
        length += DECIMAL_BYTES;
    }

    void putUnscaled(long value) {
        putLong(value < 0 ? -1 : 0);
        putLong(value);
    }

    void end() {
        if (!columns.exact()) {
            digest.update(bytes, 0, length);
            try {
                digest.digest(digested, 0, digested.length);
            } catch (java.security.DigestException e) {
                throw new IllegalStateException("A SHA-256 has 32 bytes", e);
            }
            high = ByteBuffer.wrap(digested).getLong(0);
            low = ByteBuffer.wrap(digested).getLong(Long.BYTES);
            return;
        }
        ByteBuffer key = ByteBuffer.wrap(bytes);
        long first = length >= Long.BYTES ? key.getLong(0) : 0;
        low = length >= 2 * Long.BYTES ? key.getLong(Long.BYTES) : 0;
        // One to one: the second half is kept, and the first can be computed back from both.
        high = scramble(first ^ scramble(low + SPREAD));
    }

    void put(Types.NestedField column, Object value) {
        Type.TypeID type = column.type().typeId();
        switch (type) {
            case BOOLEAN -> putLong((Boolean) value ? 1 : 0);
            case STRING -> putBytes(value.toString().getBytes(StandardCharsets.UTF_8));
            case UUID -> {
                putLong(((UUID) value).getMostSignificantBits());
                putLong(((UUID) value).getLeastSignificantBits());
            }
            case DECIMAL -> {
                BigInteger unscaled = ((BigDecimal) value).unscaledValue();
                putUnscaled(unscaled.toByteArray());
            }
            case FIXED, BINARY -> putBytes(bytesOf(value));
            default -> putLong(((Number) value).longValue());
        }
    }

    private static byte[] bytesOf(Object value) {
        if (value instanceof byte[] array) {
            return array;
        }
        ByteBuffer buffer = ((ByteBuffer) value).duplicate();
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return array;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** A one-to-one mapping of 64 bits in which every bit of the input touches every bit of the output. */
    private static long scramble(long value) {
        long bits = value;
        bits = (bits ^ (bits >>> 32)) * 0xD6E8FEB86659FD93L;
        bits = (bits ^ (bits >>> 32)) * 0xD6E8FEB86659FD93L;
        return bits ^ (bits >>> 32);
    }
}
