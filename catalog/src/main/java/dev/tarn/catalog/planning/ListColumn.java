package dev.tarn.catalog.planning;

import java.util.ArrayList;
import java.util.List;

/** Lists of whole numbers by row. A row may have no list. Immutable, thread-safe. */
final class ListColumn {
    private final LongColumn ends;
    private final LongColumn items;

    private ListColumn(LongColumn ends, LongColumn items) {
        this.ends = ends;
        this.items = items;
    }

    boolean has(int row) {
        return ends.has(row);
    }

    /** The list of a row that has one. */
    List<Long> get(int row) {
        int before = row - 1;
        while (before >= 0 && !ends.has(before)) {
            before--;
        }
        long from = before < 0 ? 0 : ends.get(before);
        List<Long> list = new ArrayList<>();
        for (long i = from; i < ends.get(row); i++) {
            list.add(items.get((int) i));
        }
        return list;
    }

    long bytes() {
        return ends.bytes() + items.bytes();
    }

    /** Takes lists row by row, in rising order of rows. Not thread-safe. */
    static final class Builder {
        private final LongColumn.Builder ends;
        private final LongColumn.Builder items;
        private int size;

        Builder(Allocation allocation) {
            this.ends = new LongColumn.Builder(allocation);
            this.items = new LongColumn.Builder(allocation);
        }

        void add(long item) {
            items.set(size++, item);
        }

        /** Ends the list of a row. */
        void end(int row) {
            ends.set(row, size);
        }

        ListColumn build() {
            return new ListColumn(ends.build(), items.build());
        }
    }
}
