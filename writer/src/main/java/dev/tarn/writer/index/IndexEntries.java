package dev.tarn.writer.index;

/**
 * Keys with one number each, to be sorted: by the high, then the low half, both unsigned. As the halves are evenly spread,
 * one pass puts every entry next to its place. Not thread-safe.
 */
final class IndexEntries {
    /** Three numbers, and a second copy of them while they are sorted. */
    static final int BYTES_PER_ENTRY = 2 * 3 * Long.BYTES;

    private static final int ENTRIES_PER_BUCKET = 8;
    private static final int MAX_BUCKET_BITS = 20;
    private static final int MAX_INSERTION_SORT = 48;

    private long[] highs;
    private long[] lows;
    private long[] values;
    private int size;

    IndexEntries(int capacity) {
        highs = new long[capacity];
        lows = new long[capacity];
        values = new long[capacity];
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == highs.length;
    }

    void clear() {
        size = 0;
    }

    void add(long high, long low, long value) {
        highs[size] = high;
        lows[size] = low;
        values[size] = value;
        size++;
    }

    long high(int index) {
        return highs[index];
    }

    long low(int index) {
        return lows[index];
    }

    long value(int index) {
        return values[index];
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
    }

    void sort() {
        int bits = Math.min(MAX_BUCKET_BITS, Math.max(1, 32 - Integer.numberOfLeadingZeros(size / ENTRIES_PER_BUCKET)));
        int[] ends = new int[(1 << bits) + 1];
        for (int i = 0; i < size; i++) {
            ends[bucket(highs[i], bits) + 1]++;
        }
        for (int bucket = 0; bucket < 1 << bits; bucket++) {
            ends[bucket + 1] += ends[bucket];
        }
        int[] next = ends.clone();
        long[] sortedHighs = new long[highs.length];
        long[] sortedLows = new long[highs.length];
        long[] sortedValues = new long[highs.length];
        for (int i = 0; i < size; i++) {
            int at = next[bucket(highs[i], bits)]++;
            sortedHighs[at] = highs[i];
            sortedLows[at] = lows[i];
            sortedValues[at] = values[i];
        }
        highs = sortedHighs;
        lows = sortedLows;
        values = sortedValues;
        for (int bucket = 0; bucket < 1 << bits; bucket++) {
            sort(ends[bucket], ends[bucket + 1]);
        }
    }

    private static int bucket(long high, int bits) {
        return (int) (high >>> (Long.SIZE - bits));
    }

    private void sort(int from, int to) {
        if (to - from > MAX_INSERTION_SORT) {
            // Many rows with one key fall into one bucket; this is never worse than n log n.
            heapSort(from, to - from);
            return;
        }
        for (int i = from + 1; i < to; i++) {
            for (int at = i; at > from && isLess(at, at - 1); at--) {
                swap(at, at - 1);
            }
        }
    }

    private void heapSort(int from, int count) {
        for (int root = count / 2 - 1; root >= 0; root--) {
            sink(from, root, count);
        }
        for (int last = count - 1; last > 0; last--) {
            swap(from, from + last);
            sink(from, 0, last);
        }
    }

    private void sink(int from, int root, int count) {
        int parent = root;
        while (2 * parent + 1 < count) {
            int child = 2 * parent + 1;
            if (child + 1 < count && isLess(from + child, from + child + 1)) {
                child++;
            }
            if (!isLess(from + parent, from + child)) {
                return;
            }
            swap(from + parent, from + child);
            parent = child;
        }
    }

    private boolean isLess(int left, int right) {
        return compare(highs[left], lows[left], highs[right], lows[right]) < 0;
    }

    private void swap(int left, int right) {
        swap(highs, left, right);
        swap(lows, left, right);
        swap(values, left, right);
    }

    private static void swap(long[] numbers, int left, int right) {
        long number = numbers[left];
        numbers[left] = numbers[right];
        numbers[right] = number;
    }
}
