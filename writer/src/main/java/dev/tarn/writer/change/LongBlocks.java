package dev.tarn.writer.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A growing list of numbers in blocks that are never copied. Not thread-safe. */
final class LongBlocks {
    private static final int BLOCK = 1 << 13;

    private final List<long[]> blocks = new ArrayList<>();
    private final long initial;

    /** @param initial what positions hold that were not set */
    LongBlocks(long initial) {
        this.initial = initial;
    }

    long get(int index) {
        return index / BLOCK < blocks.size() ? blocks.get(index / BLOCK)[index % BLOCK] : initial;
    }

    void set(int index, long value) {
        while (index / BLOCK >= blocks.size()) {
            long[] block = new long[BLOCK];
            Arrays.fill(block, initial);
            blocks.add(block);
        }
        blocks.get(index / BLOCK)[index % BLOCK] = value;
    }

    long bytes() {
        return (long) blocks.size() * BLOCK * Long.BYTES;
    }
}
