package dev.tarn.writer.index;

import java.util.ArrayList;
import java.util.List;

/**
 * The distinct keys of one call, numbered from 0 in the order in which they came. Open addressing over the 128 bits of
 * {@link KeyHash}; about 25 bytes for each key. Not thread-safe.
 */
public final class PendingKeys {
    /** Keys of one block: blocks are added, never copied, so that growing needs no second copy of all keys. */
    private static final int BLOCK = 1 << 15;

    private static final int FIRST_SLOTS = 1 << 10;

    private final List<long[]> blocks = new ArrayList<>();
    private int[] slots = new int[FIRST_SLOTS];
    private int size;

    /** How many keys there are. */
    public int size() {
        return size;
    }

    /** Memory that the keys take, in bytes. */
    public long bytes() {
        return (long) blocks.size() * BLOCK * 2 * Long.BYTES + (long) slots.length * Integer.BYTES;
    }

    /** The number of a key, which is the old {@link #size} if it is new. */
    public int findOrAdd(long high, long low) {
        int slot = slotOf(high, low);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        int id = size++;
        if (id / BLOCK == blocks.size()) {
            blocks.add(new long[BLOCK * 2]);
        }
        long[] block = blocks.get(id / BLOCK);
        block[id % BLOCK * 2] = high;
        block[id % BLOCK * 2 + 1] = low;
        slots[slot] = size;
        if (size > slots.length / 3 * 2) {
            grow();
        }
        return id;
    }

    /** Whether a key is among them. */
    public boolean contains(long high, long low) {
        return slots[slotOf(high, low)] != 0;
    }

    long high(int id) {
        return blocks.get(id / BLOCK)[id % BLOCK * 2];
    }

    long low(int id) {
        return blocks.get(id / BLOCK)[id % BLOCK * 2 + 1];
    }

    private int slotOf(long high, long low) {
        int mask = slots.length - 1;
        int slot = (int) (high ^ (high >>> 32)) & mask;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (high(id) == high && low(id) == low) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] old = slots;
        slots = new int[old.length * 2];
        for (int entry : old) {
            if (entry != 0) {
                slots[slotOf(high(entry - 1), low(entry - 1))] = entry;
            }
        }
    }
}
