package dev.tarn.writer.parquet;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.apache.arrow.vector.complex.BaseListVector;

/**
 * Levels of some rows of one leaf column and the positions of its values, found step by step over all rows at once. A
 * slot is a value or the place of a missing one. As long as slots are consecutive and none is missing, only the first is
 * kept. Reused from column to column; confined to one thread.
 */
final class Shredding {
    /** Stands in {@link #index} for a slot without a value. */
    private static final int MISSING = -1;

    private int[] index = new int[0];
    private byte[] repetition = new byte[0];
    private byte[] definition = new byte[0];
    private int[] nextIndex = new int[0];
    private byte[] nextRepetition = new byte[0];
    private byte[] nextDefinition = new byte[0];
    private int slots;
    private int values;
    private int first;
    private boolean range;
    private boolean repeated;
    private boolean allDefined;

    int slots() {
        return slots;
    }

    /** Slots that have a value. */
    int values() {
        return values;
    }

    /** Whether every slot has a value; {@link #definition} is then not filled. */
    boolean allDefined() {
        return allDefined;
    }

    /** One level per slot; only for columns below a list or map. */
    byte[] repetition() {
        return repetition;
    }

    byte[] definition() {
        return definition;
    }

    /** Whether the positions of values are consecutive, from {@link #first} on. */
    boolean isRange() {
        return range;
    }

    int first() {
        return first;
    }

    /** Positions of values in the leaf vector, if they are no range. */
    int[] positions() {
        return index;
    }

    void begin(RowSlice rows, int from, int count) {
        slots = count;
        range = rows.isRange();
        repeated = false;
        allDefined = true;
        first = count == 0 ? 0 : rows.row(from);
        if (!range) {
            growIndex(count);
            for (int i = 0; i < count; i++) {
                index[i] = rows.row(from + i);
            }
        }
    }

    /** The first slot whose vector has a null, or -1. */
    int firstNull(ByteBuffer validity) {
        for (int slot = 0; slot < slots; slot++) {
            int at = range ? first + slot : index[slot];
            if (at != MISSING && isNull(validity, at)) {
                return slot;
            }
        }
        return -1;
    }

    /** The first slot that is not yet missing, or -1. */
    int firstPresent() {
        if (range || allDefined) {
            return slots == 0 ? -1 : 0;
        }
        for (int slot = 0; slot < slots; slot++) {
            if (index[slot] != MISSING) {
                return slot;
            }
        }
        return -1;
    }

    /** The number of the row, counted from the first that was shredded, that a slot belongs to. */
    int rowOf(int slot) {
        if (!repeated) {
            return slot;
        }
        int row = -1;
        for (int i = 0; i <= slot; i++) {
            row += repetition[i] == 0 ? 1 : 0;
        }
        return row;
    }

    /** The slot of the value with a number. */
    int slotOf(int value) {
        if (allDefined) {
            return value;
        }
        int max = 0;
        for (int i = 0; i < slots; i++) {
            max = Math.max(max, definition[i]);
        }
        int seen = -1;
        for (int slot = 0; slot < slots; slot++) {
            seen += definition[slot] == max ? 1 : 0;
            if (seen == value) {
                return slot;
            }
        }
        return slots - 1;
    }

    /** Gives slots whose vector has a null the level of the parent. */
    void dropNulls(ByteBuffer validity, int level) {
        growDefinition(slots);
        byte[] levels = definition;
        if (range) {
            growIndex(slots);
            int[] at = index;
            int from = first;
            for (int i = 0; i < slots; i++) {
                boolean missing = isNull(validity, from + i);
                at[i] = missing ? MISSING : from + i;
                levels[i] = (byte) level;
            }
            range = false;
            allDefined = false;
            return;
        }
        int[] at = index;
        if (allDefined) {
            Arrays.fill(levels, 0, slots, (byte) level);
            allDefined = false;
        }
        for (int i = 0; i < slots; i++) {
            if (at[i] != MISSING && isNull(validity, at[i])) {
                at[i] = MISSING;
                levels[i] = (byte) level;
            }
        }
    }

    /** Gives every slot that has come this far the level of the parent: nothing is below it. */
    void dropAll(int level) {
        growDefinition(slots);
        growIndex(slots);
        if (range || allDefined) {
            Arrays.fill(index, 0, slots, MISSING);
            Arrays.fill(definition, 0, slots, (byte) level);
        } else {
            for (int i = 0; i < slots; i++) {
                if (index[i] != MISSING) {
                    index[i] = MISSING;
                    definition[i] = (byte) level;
                }
            }
        }
        range = false;
        allDefined = false;
        values = 0;
    }

    /**
     * Replaces each slot by the elements of its list; an empty list leaves one slot of the given level.
     *
     * @param offsets of the lists' elements
     */
    void expand(IntBuffer offsets, int level, int repetitionLevel) {
        growNext(expandedSlots(offsets));
        int[] outIndex = nextIndex;
        byte[] outRepetition = nextRepetition;
        byte[] outDefinition = nextDefinition;
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            int at = range ? first + slot : index[slot];
            int start = at == MISSING ? 0 : offsets.get(at);
            int end = at == MISSING ? 0 : offsets.get(at + 1);
            outRepetition[count] = repeated ? repetition[slot] : 0;
            if (start >= end) {
                outIndex[count] = MISSING;
                outDefinition[count++] = at == MISSING ? definition[slot] : (byte) level;
                continue;
            }
            outIndex[count++] = start;
            for (int element = start + 1; element < end; element++) {
                outIndex[count] = element;
                outRepetition[count++] = (byte) repetitionLevel;
            }
        }
        endExpansion(count);
    }

    private int expandedSlots(IntBuffer offsets) {
        long count = 0;
        for (int slot = 0; slot < slots; slot++) {
            int at = range ? first + slot : index[slot];
            count += at == MISSING ? 1 : Math.max(1, offsets.get(at + 1) - offsets.get(at));
        }
        return Math.toIntExact(count);
    }

    /** As {@link #expand(IntBuffer, int, int)}, for lists that are not described by 32-bit offsets. */
    void expand(BaseListVector lists, int level, int repetitionLevel) {
        int count = 0;
        for (int slot = 0; slot < slots; slot++) {
            int at = range ? first + slot : index[slot];
            byte parent = repeated ? repetition[slot] : 0;
            if (at == MISSING) {
                count = missing(count, parent, definition[slot]);
            } else {
                int start = lists.getElementStartIndex(at);
                int end = lists.getElementEndIndex(at);
                count = elements(count, parent, start, end, level, repetitionLevel);
            }
        }
        endExpansion(count);
    }

    /** Gives the slots that are left the highest level and counts them. */
    void end(int maxDefinition) {
        if (range) {
            values = slots;
            return;
        }
        int[] at = index;
        int count = 0;
        boolean consecutive = true;
        if (allDefined) {
            for (int i = 1; i < slots; i++) {
                if (at[i] != at[0] + i) {
                    consecutive = false;
                    break;
                }
            }
            count = slots;
        } else {
            byte[] levels = definition;
            int expected = MISSING;
            for (int i = 0; i < slots; i++) {
                int position = at[i];
                if (position == MISSING) {
                    continue;
                }
                consecutive &= count == 0 || position == expected;
                expected = position + 1;
                at[count++] = position;
                levels[i] = (byte) maxDefinition;
            }
            allDefined = count == slots;
        }
        values = count;
        range = consecutive && count > 0;
        first = count == 0 ? 0 : at[0];
    }

    private int missing(int count, byte parent, byte level) {
        growNext(count + 1);
        nextIndex[count] = MISSING;
        nextRepetition[count] = parent;
        nextDefinition[count] = level;
        return count + 1;
    }

    private int elements(int count, byte parent, int start, int end, int level, int repetitionLevel) {
        if (start >= end) {
            return missing(count, parent, (byte) level);
        }
        int to = Math.addExact(count, end - start);
        growNext(to);
        for (int i = 0; i < end - start; i++) {
            nextIndex[count + i] = start + i;
            nextRepetition[count + i] = (byte) repetitionLevel;
        }
        nextRepetition[count] = parent;
        return to;
    }

    private void endExpansion(int count) {
        int[] indexes = index;
        byte[] repetitions = repetition;
        byte[] definitions = definition;
        index = nextIndex;
        repetition = nextRepetition;
        definition = nextDefinition;
        nextIndex = indexes;
        nextRepetition = repetitions;
        nextDefinition = definitions;
        slots = count;
        range = false;
        repeated = true;
        // Empty lists may have left missing slots; end() finds out.
        allDefined = false;
    }

    private static boolean isNull(ByteBuffer validity, int index) {
        return (validity.get(index >>> 3) >> (index & 7) & 1) == 0;
    }

    private void growIndex(int count) {
        if (index.length < count) {
            index = Arrays.copyOf(index, grown(index.length, count));
        }
    }

    private void growDefinition(int count) {
        if (definition.length < count) {
            definition = Arrays.copyOf(definition, grown(definition.length, count));
        }
    }

    private void growNext(int count) {
        if (nextIndex.length < count || nextDefinition.length < count || nextRepetition.length < count) {
            int size = grown(nextIndex.length, count);
            nextIndex = Arrays.copyOf(nextIndex, size);
            nextRepetition = Arrays.copyOf(nextRepetition, size);
            nextDefinition = Arrays.copyOf(nextDefinition, size);
        }
    }

    private static int grown(int length, int needed) {
        return Math.max(needed, Math.max(1_024, length + (length >> 1)));
    }
}
