package dev.tarn.writer.change;

import dev.tarn.writer.files.PartitionedFileWriter.RowPlacement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Which row of a call is the newest of each key and where it went. Rows may be placed long after they were written and in
 * any order; a row that was placed and then beaten, or beaten and then placed, is lost. Not thread-safe.
 */
final class Placements {
    private static final long UNPLACED = -1;
    private static final long REMOVED = -2;
    private static final int POSITION_BITS = 40;
    private static final long MAX_POSITION = (1L << POSITION_BITS) - 1;

    private final LongBlocks winners = new LongBlocks(-1);
    private final LongBlocks places = new LongBlocks(UNPLACED);
    private final List<String> locations = new ArrayList<>();
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final Map<String, Roaring64Bitmap> lost = new HashMap<>();
    private long placed;

    /** Gets the place of the newest row of a key. */
    @FunctionalInterface
    interface Placed {
        void at(int key, String location, long position);
    }

    /** Makes a row the newest of a key. */
    void win(int key, long row, Change change) {
        long place = places.get(key);
        if (place >= 0) {
            lose(place);
        }
        winners.set(key, row);
        places.set(key, change == Change.REMOVE ? REMOVED : UNPLACED);
    }

    /** What the newest change does to the row of its key. */
    enum Change {
        WRITE,
        REMOVE
    }

    boolean isNewest(int key, long row) {
        return winners.get(key) == row;
    }

    /**
     * Tells of one write call where its rows went.
     *
     * @param keys the key of each row of the batch
     * @param firstRow the number of its first row over the whole call
     */
    RowPlacement of(int[] keys, long firstRow) {
        return (row, location, position) -> {
            if (position > MAX_POSITION) {
                throw new IllegalStateException(
                        "A data file with more than %d rows: %s".formatted(MAX_POSITION, location));
            }
            int ordinal = ordinals.computeIfAbsent(location, absent -> {
                locations.add(absent);
                return locations.size() - 1;
            });
            long place = (long) ordinal << POSITION_BITS | position;
            int key = keys[row];
            placed++;
            if (isNewest(key, firstRow + row)) {
                places.set(key, place);
            } else {
                lose(place);
            }
        };
    }

    /** Rows that are placed and not lost. */
    long visible() {
        return placed
                - lost.values().stream()
                        .mapToLong(Roaring64Bitmap::getLongCardinality)
                        .sum();
    }

    /** Positions of rows that lost, by data file. */
    Map<String, Roaring64Bitmap> lost() {
        return lost;
    }

    void forEach(int keys, Placed consumer) {
        for (int key = 0; key < keys; key++) {
            long place = places.get(key);
            if (place >= 0) {
                consumer.at(key, locations.get((int) (place >>> POSITION_BITS)), place & MAX_POSITION);
            }
        }
    }

    long bytes() {
        return winners.bytes() + places.bytes();
    }

    private void lose(long place) {
        lost.computeIfAbsent(locations.get((int) (place >>> POSITION_BITS)), absent -> new Roaring64Bitmap())
                .addLong(place & MAX_POSITION);
    }
}
