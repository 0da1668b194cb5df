package dev.tarn.writer.index;

import dev.tarn.common.Closer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/**
 * The open runs of an index, newest first. Runs are merged so that each is at least twice as large as all newer ones
 * together: their number grows with the logarithm of the keys, and an entry is written again as often. Confined to one
 * thread; whoever makes it closes it.
 */
final class IndexRuns implements AutoCloseable {
    private static final int POSITION_BITS = 40;
    private static final long REPLACES = 1L << POSITION_BITS;
    private static final int ORDINAL_SHIFT = POSITION_BITS + 1;

    /** Numbers of data files have 22 bits, as the sign of a place is not used. */
    static final int MAX_FILES = 1 << (Long.SIZE - 1 - ORDINAL_SHIFT);

    private final Path folder;
    private final List<IndexRun> runs = new ArrayList<>();

    /** Gets every row found. */
    @FunctionalInterface
    interface Found {
        void at(int file, long position);
    }

    IndexRuns(Path folder) {
        this.folder = folder;
    }

    /** @throws CorruptIndexException if a run is missing or damaged */
    void open(List<IndexRun.Summary> summaries) throws IOException {
        for (IndexRun.Summary summary : summaries) {
            if (!Files.exists(folder.resolve(summary.name()))) {
                throw new CorruptIndexException("%s has no %s".formatted(folder, summary.name()));
            }
            runs.add(IndexRun.open(folder, summary));
        }
    }

    /** A row that is one among those with its key. */
    static long place(int file, long position) {
        return (long) file << ORDINAL_SHIFT | position;
    }

    /** A row of a commit that removed all rows with its key: whatever is older does not count. */
    static long replacing(int file, long position) {
        return place(file, position) | REPLACES;
    }

    List<IndexRun.Summary> summaries() {
        return runs.stream().map(IndexRun::summary).toList();
    }

    long entries() {
        return runs.stream().mapToLong(run -> run.summary().entries()).sum();
    }

    /** Sorts entries into a new, newest run, and merges where needed. */
    void add(IndexEntries entries, BitSet liveFiles) throws IOException {
        if (entries.size() == 0) {
            return;
        }
        entries.sort();
        try (IndexRunWriter writer = new IndexRunWriter(newFile())) {
            for (int i = 0; i < entries.size(); i++) {
                writer.add(entries.high(i), entries.low(i), entries.value(i));
            }
            runs.add(0, IndexRun.open(folder, writer.finish()));
        }
        int newest = 1;
        long sum = runs.get(0).summary().entries();
        while (newest < runs.size() && runs.get(newest).summary().entries() < 2 * sum) {
            sum += runs.get(newest).summary().entries();
            newest++;
        }
        if (newest > 1) {
            merge(newest, liveFiles);
        }
    }

    /** Makes one run of all, without the rows of files that are gone. */
    void mergeAll(BitSet liveFiles) throws IOException {
        if (!runs.isEmpty()) {
            merge(runs.size(), liveFiles);
        }
    }

    /**
     * Tells where keys are, in live files.
     *
     * @param keys are sorted by this
     */
    void find(PendingKeys keys, BitSet liveFiles, Found found) throws IOException {
        List<IndexRun.Cursor> cursors = new ArrayList<>();
        for (IndexRun run : runs) {
            cursors.add(run.cursor(keys.size()));
        }
        // A sixteenth of the keys at a time, so that sorting them takes little memory.
        int[] counts = new int[16];
        for (int id = 0; id < keys.size(); id++) {
            counts[(int) (keys.high(id) >>> 60)]++;
        }
        for (int part = 0; part < counts.length; part++) {
            IndexEntries sorted = new IndexEntries(counts[part]);
            for (int id = 0; id < keys.size(); id++) {
                if (keys.high(id) >>> 60 == part) {
                    sorted.add(keys.high(id), keys.low(id), id);
                }
            }
            sorted.sort();
            BitSet settled = new BitSet(sorted.size());
            for (IndexRun.Cursor cursor : cursors) {
                find(cursor, sorted, settled, liveFiles, found);
            }
        }
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            for (IndexRun run : runs) {
                closer.register(() -> {
                    try {
                        run.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException("Cannot close " + run.file(), e);
                    }
                });
            }
        }
        runs.clear();
    }

    private static void find(IndexRun.Cursor cursor, IndexEntries keys, BitSet settled, BitSet liveFiles, Found found)
            throws IOException {
        for (int i = settled.nextClearBit(0); i < keys.size(); i = settled.nextClearBit(i + 1)) {
            long high = keys.high(i);
            long low = keys.low(i);
            cursor.seek(high, low);
            while (!cursor.atEnd() && cursor.high() == high && cursor.low() == low && !settled.get(i)) {
                long place = cursor.place();
                if (liveFiles.get(file(place))) {
                    found.at(file(place), position(place));
                    if ((place & REPLACES) != 0) {
                        settled.set(i);
                    }
                }
                cursor.advance();
            }
        }
    }

    private void merge(int newest, BitSet liveFiles) throws IOException {
        List<IndexRun> inputs = List.copyOf(runs.subList(0, newest));
        IndexRun merged;
        try (IndexRunWriter writer = new IndexRunWriter(newFile())) {
            merge(inputs, liveFiles, writer);
            merged = IndexRun.open(folder, writer.finish());
        }
        runs.subList(0, newest).clear();
        runs.add(0, merged);
        for (IndexRun input : inputs) {
            // The manifest on disk may still name it; it is deleted when the next one is written.
            input.close();
        }
    }

    private static void merge(List<IndexRun> inputs, BitSet liveFiles, IndexRunWriter writer) throws IOException {
        List<IndexRun.Cursor> cursors = new ArrayList<>();
        for (IndexRun input : inputs) {
            IndexRun.Cursor cursor = input.cursor(input.summary().entries());
            cursor.advance();
            cursors.add(cursor);
        }
        long high = 0;
        long low = 0;
        boolean settled = false;
        boolean first = true;
        while (true) {
            // Few runs are merged at once, so that looking at all of them is as good as a heap; the newest comes first.
            IndexRun.Cursor smallest = null;
            for (IndexRun.Cursor cursor : cursors) {
                if (!cursor.atEnd()
                        && (smallest == null
                                || IndexEntries.compare(cursor.high(), cursor.low(), smallest.high(), smallest.low())
                                        < 0)) {
                    smallest = cursor;
                }
            }
            if (smallest == null) {
                return;
            }
            if (first || smallest.high() != high || smallest.low() != low) {
                first = false;
                high = smallest.high();
                low = smallest.low();
                settled = false;
            }
            long place = smallest.place();
            if (!settled && liveFiles.get(file(place))) {
                writer.add(high, low, place);
                settled = (place & REPLACES) != 0;
            }
            smallest.advance();
        }
    }

    private Path newFile() {
        return folder.resolve("run-" + UUID.randomUUID());
    }

    private static int file(long place) {
        return (int) (place >>> ORDINAL_SHIFT);
    }

    private static long position(long place) {
        return place & (REPLACES - 1);
    }
}
