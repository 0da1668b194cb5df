package dev.tarn.writer.stats;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A theta sketch: the smallest hashes of the values seen, from which the number of distinct values follows. Up to 4,096 of
 * them are kept, which gives about 2 % of error; fewer distinct values are counted exactly. It reads and writes the compact
 * form of <a href="https://datasketches.apache.org">Apache DataSketches</a>, which Iceberg's statistics files hold; the
 * library itself refuses to run on Java 25. Not thread-safe.
 */
final class ThetaSketch {
    /** Hashes kept; the default of DataSketches, and what other engines write. */
    private static final int NOMINAL = 4_096;

    private static final long SEED = 9_001;

    /** Of the seed, so that sketches of different seeds are not mixed up. */
    private static final short SEED_HASH = (short) 0x93CC;

    private static final int SERIAL_VERSION = 3;
    private static final int COMPACT_FAMILY = 3;
    private static final int BIG_ENDIAN = 1;
    private static final int READ_ONLY = 2;
    private static final int EMPTY = 4;
    private static final int COMPACT = 8;
    private static final int ORDERED = 16;
    private static final int SINGLE_ITEM = 32;

    /** Room for the nominal number twice, so that sorting them away is rare; half full at most. */
    private static final int MAX_SLOTS = 4 * NOMINAL;

    private long[] slots = new long[64];
    private int count;
    private long theta = Long.MAX_VALUE;

    /** Counts a value, given in Iceberg's single-value serialisation; one without bytes is not counted, as in DataSketches. */
    void update(byte[] value, int length) {
        if (length > 0) {
            add(MurmurHash.hash(value, length, SEED) >>> 1);
        }
    }

    /** Counts every value that another sketch has counted. */
    void union(ThetaSketch other) {
        if (other.theta < theta) {
            theta = other.theta;
            keepBelowTheta();
        }
        for (long hash : other.slots) {
            add(hash);
        }
    }

    /** How many distinct values there were, about. */
    double estimate() {
        return theta == Long.MAX_VALUE ? count : count / (theta / (double) Long.MAX_VALUE);
    }

    /** The compact, ordered form. */
    byte[] toBytes() {
        long[] hashes = sorted();
        boolean exact = theta == Long.MAX_VALUE;
        boolean single = exact && hashes.length == 1;
        int preamble = exact ? hashes.length > 1 ? 2 : 1 : 3;
        boolean empty = exact && hashes.length == 0;
        int flags = READ_ONLY | COMPACT | ORDERED | (empty ? EMPTY : 0) | (single ? SINGLE_ITEM : 0);
        ByteBuffer bytes =
                ByteBuffer.allocate((preamble + hashes.length) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) preamble)
                .put((byte) SERIAL_VERSION)
                .put((byte) COMPACT_FAMILY)
                .putShort((short) 0)
                .put((byte) flags)
                .putShort(empty ? 0 : SEED_HASH);
        if (preamble > 1) {
            // The second number is the sampling probability, which is always 1.
            bytes.putInt(hashes.length).putFloat(1.0f);
        }
        if (preamble > 2) {
            bytes.putLong(theta);
        }
        for (long hash : hashes) {
            bytes.putLong(hash);
        }
        return bytes.array();
    }

    /** A sketch from its compact form; empty if it is of a kind that is not known here, or damaged. */
    static Optional<ThetaSketch> fromBytes(ByteBuffer given) {
        ByteBuffer bytes = given.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < Long.BYTES
                || bytes.get(1) != SERIAL_VERSION
                || bytes.get(2) != COMPACT_FAMILY
                || (bytes.get(5) & BIG_ENDIAN) != 0) {
            return Optional.empty();
        }
        int preamble = bytes.get(0) & 0x3F;
        int flags = bytes.get(5);
        ThetaSketch sketch = new ThetaSketch();
        if ((flags & EMPTY) != 0) {
            return Optional.of(sketch);
        }
        if (bytes.getShort(6) != SEED_HASH
                || preamble < 1
                || preamble > 3
                || bytes.remaining() < preamble * Long.BYTES) {
            return Optional.empty();
        }
        int entries = preamble == 1 ? 1 : bytes.getInt(Long.BYTES);
        if (entries < 0 || bytes.remaining() < (preamble + (long) entries) * Long.BYTES) {
            return Optional.empty();
        }
        sketch.theta = preamble == 3 ? bytes.getLong(2 * Long.BYTES) : Long.MAX_VALUE;
        for (int i = 0; i < entries; i++) {
            sketch.add(bytes.getLong((preamble + i) * Long.BYTES));
        }
        return Optional.of(sketch);
    }

    private void add(long hash) {
        // Zero marks a free slot; no sketch keeps it.
        if (hash <= 0 || hash >= theta) {
            return;
        }
        int at = slot(hash);
        if (slots[at] == hash) {
            return;
        }
        slots[at] = hash;
        count++;
        if (count * 2 > slots.length) {
            grow();
        }
    }

    private int slot(long hash) {
        int mask = slots.length - 1;
        int at = (int) (hash >>> 17) & mask;
        while (slots[at] != 0 && slots[at] != hash) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        if (slots.length < MAX_SLOTS) {
            fill(sorted(), count, slots.length * 2);
            return;
        }
        long[] hashes = sorted();
        theta = hashes[NOMINAL];
        fill(hashes, NOMINAL, slots.length);
    }

    private void keepBelowTheta() {
        long[] hashes = sorted();
        int kept = 0;
        while (kept < hashes.length && hashes[kept] < theta) {
            kept++;
        }
        fill(hashes, kept, slots.length);
    }

    private void fill(long[] hashes, int kept, int capacity) {
        slots = new long[capacity];
        count = kept;
        for (int i = 0; i < kept; i++) {
            slots[slot(hashes[i])] = hashes[i];
        }
    }

    private long[] sorted() {
        long[] hashes = new long[count];
        int found = 0;
        for (long hash : slots) {
            if (hash != 0) {
                hashes[found++] = hash;
            }
        }
        Arrays.sort(hashes);
        return hashes;
    }
}
