package dev.tarn.writer.contract.check;

/** Fingerprints of 128 bits in one flat array; about 30 to 60 bytes each. Not thread-safe. */
public final class FingerprintSet {
    private long[] table = new long[2 * 1_024];
    private int size;

    /** Adds a fingerprint; false if it was there already. */
    public boolean add(long high, long low) {
        if ((size + 1) * 2L > table.length / 2) {
            grow();
        }
        int slot = find(table, high, keyed(low));
        if (table[slot + 1] != 0) {
            return false;
        }
        table[slot] = high;
        table[slot + 1] = keyed(low);
        size++;
        return true;
    }

    /** Whether a fingerprint is there. */
    public boolean contains(long high, long low) {
        return table[find(table, high, keyed(low)) + 1] != 0;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** Memory that is used. */
    public long bytes() {
        return table.length * 8L;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(table.length, 2)];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i + 1] != 0) {
                int slot = find(larger, table[i], table[i + 1]);
                larger[slot] = table[i];
                larger[slot + 1] = table[i + 1];
            }
        }
        table = larger;
    }

    private static int find(long[] table, long high, long low) {
        int mask = table.length / 2 - 1;
        // The upper bits, so that growing goes through the larger table from front to back as well.
        int slot = (int) (high >>> Long.numberOfLeadingZeros(mask));
        while (table[slot * 2 + 1] != 0 && (table[slot * 2] != high || table[slot * 2 + 1] != low)) {
            slot = slot + 1 & mask;
        }
        return slot * 2;
    }

    /** Zero marks an empty slot, so no fingerprint may have it. */
    private static long keyed(long low) {
        return low == 0 ? 1 : low;
    }
}
