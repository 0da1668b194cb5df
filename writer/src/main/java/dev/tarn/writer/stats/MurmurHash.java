package dev.tarn.writer.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The first half of the 128-bit MurmurHash3 for 64-bit machines (public domain, by Austin Appleby). */
final class MurmurHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 2 * Long.BYTES;
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private MurmurHash() {}

    static long hash(byte[] bytes, int length, long seed) {
        long h1 = seed;
        long h2 = seed;
        int blocks = length / BLOCK;
        for (int i = 0; i < blocks; i++) {
            h1 ^= mixFirst((long) LONGS.get(bytes, i * BLOCK));
            h1 = Long.rotateLeft(h1, 27) + h2;
            h1 = h1 * 5 + 0x52dce729;
            h2 ^= mixSecond((long) LONGS.get(bytes, i * BLOCK + Long.BYTES));
            h2 = Long.rotateLeft(h2, 31) + h1;
            h2 = h2 * 5 + 0x38495ab5;
        }
        int rest = length - blocks * BLOCK;
        if (rest > Long.BYTES) {
            h2 ^= mixSecond(tail(bytes, blocks * BLOCK + Long.BYTES, rest - Long.BYTES));
        }
        if (rest > 0) {
            h1 ^= mixFirst(tail(bytes, blocks * BLOCK, Math.min(rest, Long.BYTES)));
        }
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        return finish(h1) + finish(h2);
    }

    private static long tail(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = (value << Byte.SIZE) | (bytes[from + i] & 0xFF);
        }
        return value;
    }

    private static long mixFirst(long value) {
        return Long.rotateLeft(value * C1, 31) * C2;
    }

    private static long mixSecond(long value) {
        return Long.rotateLeft(value * C2, 33) * C1;
    }

    private static long finish(long value) {
        long mixed = value;
        mixed ^= mixed >>> 33;
        mixed *= 0xff51afd7ed558ccdL;
        mixed ^= mixed >>> 33;
        mixed *= 0xc4ceb9fe1a85ec53L;
        mixed ^= mixed >>> 33;
        return mixed;
    }
}
