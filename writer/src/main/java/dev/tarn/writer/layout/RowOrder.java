package dev.tarn.writer.layout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The order of buffered rows: by partition, then by key, then as they came. Immutable, as long as nobody writes into its array. */
final class RowOrder {
    private static final int INSERTION_SORT_BELOW = 16;

    private final int[] rows;
    private final List<Part> parts;

    private RowOrder(int[] rows, List<Part> parts) {
        this.rows = rows;
        this.parts = List.copyOf(parts);
    }

    /** Row numbers in their order. */
    int[] rows() {
        return rows;
    }

    /** Where each partition that occurs begins and ends in them. */
    List<Part> parts() {
        return parts;
    }

    /** The rows of one partition, from {@code from} to before {@code to}. */
    record Part(int partition, int from, int to) {}

    /**
     * Orders rows.
     *
     * @param partitions the partition of each row, of which the first {@code count} are looked at
     * @param partitionCount above every partition
     * @param keys null if rows of a partition stay as they came
     */
    static RowOrder of(int[] partitions, int count, int partitionCount, @Nullable SortKeys keys) {
        int[] ends = new int[partitionCount];
        for (int row = 0; row < count; row++) {
            ends[partitions[row]]++;
        }
        List<Part> parts = new ArrayList<>();
        int next = 0;
        for (int partition = 0; partition < partitionCount; partition++) {
            int size = ends[partition];
            if (size > 0) {
                parts.add(new Part(partition, next, next + size));
            }
            ends[partition] = next;
            next += size;
        }
        int[] rows = new int[count];
        for (int row = 0; row < count; row++) {
            rows[ends[partitions[row]]++] = row;
        }
        if (keys != null) {
            int[] room = new int[count];
            parts.forEach(part -> sort(rows, part.from(), part.to(), room, keys));
        }
        return new RowOrder(rows, parts);
    }

    /** A stable merge sort, which costs one comparison a row where rows are in order already. */
    private static void sort(int[] rows, int from, int to, int[] room, SortKeys keys) {
        if (to - from < INSERTION_SORT_BELOW) {
            insertionSort(rows, from, to, keys);
            return;
        }
        int middle = (from + to) >>> 1;
        sort(rows, from, middle, room, keys);
        sort(rows, middle, to, room, keys);
        if (keys.compare(rows[middle - 1], rows[middle]) <= 0) {
            return;
        }
        System.arraycopy(rows, from, room, from, middle - from);
        int left = from;
        int right = middle;
        int at = from;
        while (left < middle && right < to) {
            rows[at++] = keys.compare(room[left], rows[right]) <= 0 ? room[left++] : rows[right++];
        }
        System.arraycopy(room, left, rows, at, middle - left);
    }

    private static void insertionSort(int[] rows, int from, int to, SortKeys keys) {
        for (int i = from + 1; i < to; i++) {
            int row = rows[i];
            int at = i - 1;
            while (at >= from && keys.compare(rows[at], row) > 0) {
                rows[at + 1] = rows[at];
                at--;
            }
            rows[at + 1] = row;
        }
    }
}
