package dev.tarn.writer.contract.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LongSetTest {
    private static final int ROUNDS = 200;

    @Test
    void isTheSetOfTheNumbersAdded() {
        long seed = Long.getLong("tarn.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            LongSet set = new LongSet(random.nextLong());
            Set<Long> expected = new HashSet<>();
            int ascending = random.nextInt(4_000);
            int range = 1 + random.nextInt(10_000);
            long next = random.nextInt(4) == 0 ? Long.MIN_VALUE : -random.nextInt(3_000);
            for (int i = 0; i < 5_000; i++) {
                long value = i < ascending ? next : random.nextInt(range) - range / 2;
                next += random.nextInt(3);
                assertThat(set.add(value)).as("seed %d, round %d", seed, round).isEqualTo(expected.add(value));
            }
            assertThat(set.size()).as("seed %d, round %d", seed, round).isEqualTo(expected.size());
            for (long value = -3_001; value < 10_000; value++) {
                assertThat(set.contains(value))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(expected.contains(value));
            }
        }
    }

    @Test
    void holdsTheSmallestTheLargestAndZeroInAnyOrder() {
        LongSet descending = new LongSet(7);
        LongSet ascending = new LongSet(7);

        boolean[] added = {descending.add(Long.MAX_VALUE), descending.add(0), descending.add(Long.MIN_VALUE)};
        boolean[] again = {descending.add(Long.MAX_VALUE), descending.add(0), descending.add(Long.MIN_VALUE)};
        LongStream.of(Long.MIN_VALUE, 0, Long.MAX_VALUE).forEach(ascending::add);

        assertThat(added).containsExactly(true, true, true);
        assertThat(again).containsExactly(false, false, false);
        assertThat(ascending.contains(Long.MIN_VALUE)).isTrue();
        assertThat(ascending.contains(1)).isFalse();
        assertThat(ascending.add(0)).isFalse();
        assertThat(ascending.size()).isEqualTo(3);
    }

    @Test
    void linesNumbersOfASequenceUpInHalfTheMemory() {
        LongSet ascending = new LongSet(7);
        LongSet mixed = new LongSet(7);

        LongStream.range(0, 100_000).forEach(ascending::add);
        LongStream.range(0, 100_000).forEach(value -> mixed.add(100_000 - value));

        assertThat(ascending.bytes()).isLessThanOrEqualTo(16 * 131_072);
        assertThat(mixed.bytes()).isEqualTo(ascending.bytes() * 2);
    }
}
