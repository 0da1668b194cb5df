package dev.tarn.flight.scan.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.flight.scan.cache.ByteRanges.Range;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRangesTest {
    private static final int MEGABYTE = 1024 * 1024;

    @Test
    void holesAreWhatIsNotCovered() {
        ByteRanges ranges = new ByteRanges();
        ranges.add(new Range(MEGABYTE, 2 * MEGABYTE));

        assertThat(ranges.missing(List.of(new Range(0, 3 * MEGABYTE))))
                .containsExactly(new Range(0, MEGABYTE), new Range(2 * MEGABYTE, 3 * MEGABYTE));
        assertThat(ranges.missing(List.of(new Range(MEGABYTE + 5, 2 * MEGABYTE))))
                .isEmpty();
        assertThat(ranges.covers(new Range(0, 1))).isFalse();
    }

    @Test
    void neighboursAreJoinedAcrossSmallGaps() {
        assertThat(new ByteRanges()
                        .missing(List.of(new Range(500, 600), new Range(0, 10), new Range(7 * MEGABYTE, 8 * MEGABYTE))))
                .containsExactly(new Range(0, 600), new Range(7 * MEGABYTE, 8 * MEGABYTE));
    }

    @Test
    void coverageEqualsThatOfSingleBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteRanges ranges = new ByteRanges();
        BitSet model = new BitSet();
        for (int i = 0; i < 2000; i++) {
            int start = random.nextInt(1000);
            int end = start + 1 + random.nextInt(20);
            Range range = new Range(start, end);
            int present = model.get(start, end).cardinality();
            assertThat(ranges.missingBytes(range)).as("seed %d", seed).isEqualTo(end - start - present);
            assertThat(ranges.covers(range)).as("seed %d", seed).isEqualTo(present == end - start);
            if (random.nextInt(20) == 0) {
                ranges.add(range);
                model.set(start, end);
            }
        }
    }
}
