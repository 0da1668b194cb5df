package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Raw levels and values of the page that a column is filling. Which of the arrays is used depends on the physical type:
 * {@code ints} for int and float, {@code longs} for long and double, {@code bytes} with {@code ends} for bytes,
 * {@code bytes} alone for booleans (one byte each) and fixed. Reused from page to page; confined to one thread at a time.
 */
final class PageBuffer {
    /** Small at first, since a writer to many partitions holds many nearly empty pages. */
    private static final int FIRST_VALUES = 256;

    private final LeafColumn leaf;
    private byte[] repetition = new byte[0];
    private byte[] definition = new byte[0];
    private boolean allDefined = true;
    private int rows;
    private int slots;
    private int count;
    int[] ints = new int[0];
    long[] longs = new long[0];
    byte[] bytes = new byte[0];
    int[] ends = new int[0];
    int byteCount;

    PageBuffer(LeafColumn leaf) {
        this.leaf = leaf;
    }

    LeafColumn leaf() {
        return leaf;
    }

    int rows() {
        return rows;
    }

    /** Values and places of missing ones. */
    int slots() {
        return slots;
    }

    /** Values that are there. */
    int count() {
        return count;
    }

    boolean allDefined() {
        return allDefined;
    }

    byte[] repetition() {
        return repetition;
    }

    /** One level per slot, unless all are defined. */
    byte[] definition() {
        return definition;
    }

    /** Where a value of a BYTES column begins in {@link #bytes}. */
    int start(int value) {
        return value == 0 ? 0 : ends[value - 1];
    }

    /** Size of the values in plain encoding, without lengths. */
    int valueBytes() {
        return switch (leaf.physical()) {
            case BOOLEAN -> count / 8;
            case INT, FLOAT -> count * 4;
            case LONG, DOUBLE -> count * 8;
            case BYTES -> byteCount + count * 4;
            case FIXED -> byteCount;
        };
    }

    /** Memory that is held, in bytes. */
    long allocatedBytes() {
        return repetition.length
                + definition.length
                + 4L * ints.length
                + 8L * longs.length
                + bytes.length
                + 4L * ends.length;
    }

    /** Adds the levels of shredded rows; their values follow through the {@code reserve} and {@code added} methods. */
    void addLevels(Shredding shredding, int shreddedRows) {
        int more = shredding.slots();
        if (leaf.maxRepetition() > 0) {
            repetition = grow(repetition, slots + more);
            System.arraycopy(shredding.repetition(), 0, repetition, slots, more);
        }
        if (allDefined && !shredding.allDefined()) {
            definition = grow(definition, slots + more);
            Arrays.fill(definition, 0, slots, (byte) leaf.maxDefinition());
            allDefined = false;
        }
        if (!allDefined) {
            definition = grow(definition, slots + more);
            if (shredding.allDefined()) {
                Arrays.fill(definition, slots, slots + more, (byte) leaf.maxDefinition());
            } else {
                System.arraycopy(shredding.definition(), 0, definition, slots, more);
            }
        }
        slots += more;
        rows += shreddedRows;
    }

    /** Makes room for values in {@link #ints}, from {@link #count} on. */
    int[] reserveInts(int more) {
        if (ints.length < count + more) {
            ints = Arrays.copyOf(ints, grown(ints.length, count + more));
        }
        return ints;
    }

    long[] reserveLongs(int more) {
        if (longs.length < count + more) {
            longs = Arrays.copyOf(longs, grown(longs.length, count + more));
        }
        return longs;
    }

    /** Makes room in {@link #bytes}, from {@link #byteCount} on. */
    byte[] reserveBytes(long more) {
        long needed = byteCount + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' has more than 2 GiB of values in one row or page; split the row"
                            .formatted(leaf.name()));
        }
        bytes = grow(bytes, (int) needed);
        return bytes;
    }

    /** Makes room in {@link #ends}, from {@link #count} on. */
    int[] reserveEnds(int more) {
        if (ends.length < count + more) {
            ends = Arrays.copyOf(ends, grown(ends.length, count + more));
        }
        return ends;
    }

    /** Counts values as added. */
    void added(int more) {
        count += more;
    }

    /** Adds one value of a BYTES or FIXED column. */
    void add(byte[] value) {
        System.arraycopy(value, 0, reserveBytes(value.length), byteCount, value.length);
        byteCount += value.length;
        if (leaf.physical() == Physical.BYTES) {
            reserveEnds(1)[count] = byteCount;
        }
        count++;
    }

    /** Adds {@code length} bytes of a buffer to {@link #bytes}, but counts no value. */
    void addBytes(ByteBuffer source, int from, int length) {
        source.get(from, reserveBytes(length), byteCount, length);
        byteCount += length;
    }

    /** Empties the page and keeps its memory. */
    void clear() {
        rows = 0;
        slots = 0;
        count = 0;
        byteCount = 0;
        allDefined = true;
    }

    /** Gives the memory back. The page must be empty. */
    void release() {
        repetition = new byte[0];
        definition = new byte[0];
        ints = new int[0];
        longs = new long[0];
        bytes = new byte[0];
        ends = new int[0];
    }

    private static byte[] grow(byte[] array, int needed) {
        return array.length < needed ? Arrays.copyOf(array, grown(array.length, needed)) : array;
    }

    private static int grown(int length, int needed) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, Math.max(FIRST_VALUES, length * 2L)));
    }
}
