package dev.tarn.flight.scan.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Disjoint ranges of a file, as offset and end. Not thread-safe. */
final class ByteRanges {
    /** Gaps up to this are fetched along: a request costs more than their bytes. */
    private static final long JOIN_GAP_BYTES = 256 * 1024;

    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /**
     * A range.
     *
     * @param start offset of the first byte
     * @param end offset after the last byte
     */
    record Range(long start, long end) {
        long length() {
            return end - start;
        }
    }

    void add(Range range) {
        long start = range.start();
        long end = range.end();
        Map.Entry<Long, Long> before = ends.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> after = ends.ceilingEntry(start);
        while (after != null && after.getKey() <= end) {
            end = Math.max(end, after.getValue());
            ends.remove(after.getKey());
            after = ends.ceilingEntry(start);
        }
        ends.put(start, end);
    }

    boolean covers(Range range) {
        Map.Entry<Long, Long> before = ends.floorEntry(range.start());
        return before != null && before.getValue() >= range.end();
    }

    /** How many bytes of a range are not covered. */
    long missingBytes(Range range) {
        return holes(range).stream().mapToLong(Range::length).sum();
    }

    /** What is not covered of the wanted ranges, in order, neighbours joined across small gaps. */
    List<Range> missing(List<Range> wanted) {
        ByteRanges needed = new ByteRanges();
        wanted.stream().filter(range -> range.length() > 0).forEach(needed::add);
        List<Range> joined = new ArrayList<>();
        needed.ends.forEach((start, end) -> holes(new Range(start, end)).forEach(hole -> {
            int last = joined.size() - 1;
            if (last >= 0 && hole.start() - joined.get(last).end() <= JOIN_GAP_BYTES) {
                joined.set(last, new Range(joined.get(last).start(), hole.end()));
            } else {
                joined.add(hole);
            }
        }));
        return joined;
    }

    private List<Range> holes(Range range) {
        List<Range> holes = new ArrayList<>();
        Long first = ends.floorKey(range.start());
        long at = range.start();
        for (Map.Entry<Long, Long> covered :
                ends.tailMap(first == null ? range.start() : first).entrySet()) {
            if (covered.getKey() >= range.end()) {
                break;
            }
            if (covered.getKey() > at) {
                holes.add(new Range(at, covered.getKey()));
            }
            at = Math.max(at, covered.getValue());
        }
        if (at < range.end()) {
            holes.add(new Range(at, range.end()));
        }
        return holes;
    }
}
