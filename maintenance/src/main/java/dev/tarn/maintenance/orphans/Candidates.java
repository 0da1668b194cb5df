package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files that were listed, as hashes of 16 bytes in open addressing, and whether something refers to them. Takes about 35
 * bytes for each file. Not thread-safe.
 */
final class Candidates {
    /** 1.5 GB of memory. */
    private static final int MAX_FILES = 40_000_000;

    private static final int FIRST_CAPACITY = 1 << 16;
    private static final byte UNREFERENCED = 1;
    private static final byte OTHER_PREFIX = 2;
    private static final byte REFERENCED = 3;

    private final List<String> prefixes = new ArrayList<>();
    private final Map<String, Integer> prefixNumbers = new HashMap<>();
    private long[] highs = new long[FIRST_CAPACITY];
    private long[] lows = new long[FIRST_CAPACITY];
    private short[] prefixOf = new short[FIRST_CAPACITY];
    private byte[] states = new byte[FIRST_CAPACITY];
    private int size;

    void add(FileIdentity file) {
        if (size >= MAX_FILES) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "More than %d files are old enough to be looked at: name a part of the table as location"
                            .formatted(MAX_FILES));
        }
        if (size * 2L >= states.length) {
            grow();
        }
        int slot = slot(file.high(), file.low());
        if (states[slot] == 0) {
            highs[slot] = file.high();
            lows[slot] = file.low();
            prefixOf[slot] = number(file.prefix());
            states[slot] = UNREFERENCED;
            size++;
        } else if (prefixOf[slot] != number(file.prefix())) {
            // Two files whose paths differ in nothing but the prefix, or in their spelling: neither can be told to be
            // free.
            states[slot] = REFERENCED;
        }
    }

    /** Notes that something refers to a file. */
    void refer(FileIdentity file) {
        int slot = slot(file.high(), file.low());
        if (states[slot] == 0) {
            return;
        }
        boolean samePrefix = prefixes.get(prefixOf[slot]).equals(file.prefix());
        states[slot] = samePrefix ? REFERENCED : (byte) Math.max(states[slot], OTHER_PREFIX);
    }

    boolean isUnreferenced(FileIdentity file) {
        return states[slot(file.high(), file.low())] == UNREFERENCED;
    }

    /** Whether it is referred to, but only with another scheme or authority. */
    boolean hasOtherPrefix(FileIdentity file) {
        return states[slot(file.high(), file.low())] == OTHER_PREFIX;
    }

    int size() {
        return size;
    }

    private short number(String prefix) {
        return prefixNumbers
                .computeIfAbsent(prefix, absent -> {
                    if (prefixes.size() == Short.MAX_VALUE) {
                        throw new TarnException(
                                ErrorKind.UNSUPPORTED,
                                "The listing has more than %d buckets".formatted(Short.MAX_VALUE));
                    }
                    prefixes.add(prefix);
                    return prefixes.size() - 1;
                })
                .shortValue();
    }

    private int slot(long high, long low) {
        int mask = states.length - 1;
        int slot = (int) (high ^ (high >>> 32)) & mask;
        while (states[slot] != 0 && (highs[slot] != high || lows[slot] != low)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        short[] oldPrefixes = prefixOf;
        byte[] oldStates = states;
        int capacity = states.length * 2;
        highs = new long[capacity];
        lows = new long[capacity];
        prefixOf = new short[capacity];
        states = new byte[capacity];
        for (int i = 0; i < oldStates.length; i++) {
            if (oldStates[i] != 0) {
                int slot = slot(oldHighs[i], oldLows[i]);
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                prefixOf[slot] = oldPrefixes[i];
                states[slot] = oldStates[i];
            }
        }
    }
}
