package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.internal.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.junit.jupiter.api.Test;

/** Encodings by themselves, read back with parquet-java's decoders. */
class PageEncodingTest {
    @Test
    void hybridRunsOfEveryBitWidthAreReadBack() throws IOException {
        long seed = System.nanoTime();
        System.out.println("hybridRunsOfEveryBitWidthAreReadBack seed " + seed);
        Random random = new Random(seed);
        for (int bitWidth = 1; bitWidth <= 32; bitWidth++) {
            for (int count : new int[] {1, 7, 8, 9, 64, 1_000, 5_003}) {
                int[] values = runs(random, count, bitWidth);
                ByteSink out = new ByteSink();

                HybridRuns.encode(values, count, bitWidth, out);

                RunLengthBitPackingHybridDecoder decoder = new RunLengthBitPackingHybridDecoder(bitWidth, input(out));
                for (int i = 0; i < count; i++) {
                    assertThat(decoder.readInt())
                            .as("seed %d, width %d, value %d of %d", seed, bitWidth, i, count)
                            .isEqualTo(values[i]);
                }
            }
        }
    }

    @Test
    void levelsAreWrittenAsTheSameNumbersWouldBe() {
        long seed = System.nanoTime();
        System.out.println("levelsAreWrittenAsTheSameNumbersWouldBe seed " + seed);
        Random random = new Random(seed);
        for (int bitWidth = 1; bitWidth <= 7; bitWidth++) {
            int[] values = runs(random, 3_001, bitWidth);
            byte[] levels = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                levels[i] = (byte) values[i];
            }
            ByteSink numbers = new ByteSink();
            ByteSink bytes = new ByteSink();

            HybridRuns.encode(values, values.length, bitWidth, numbers);
            HybridRuns.encode(levels, levels.length, bitWidth, bytes);

            assertThat(bytes.toByteArray())
                    .as("seed %d, width %d", seed, bitWidth)
                    .isEqualTo(numbers.toByteArray());
        }
    }

    @Test
    void deltasOfLongsOfEverySizeAreReadBack() throws IOException {
        long seed = System.nanoTime();
        System.out.println("deltasOfLongsOfEverySizeAreReadBack seed " + seed);
        Random random = new Random(seed);
        DeltaPacking deltas = new DeltaPacking();
        for (int bits = 0; bits <= 64; bits++) {
            for (int count : new int[] {1, 2, 33, 128, 129, 1_024, 1_025, 2_049, 4_100, 7_001}) {
                long[] values = new long[count];
                for (int i = 0; i < count; i++) {
                    values[i] = bits == 0 ? 42 : random.nextLong() >> 64 - bits;
                }
                ByteSink out = new ByteSink();

                deltas.encode(values, count, out);

                ValuesReader reader = new DeltaBinaryPackingValuesReader();
                reader.initFromPage(count, input(out));
                for (int i = 0; i < count; i++) {
                    assertThat(reader.readLong())
                            .as("seed %d, bits %d, value %d of %d", seed, bits, i, count)
                            .isEqualTo(values[i]);
                }
            }
        }
    }

    @Test
    void deltasOfIntsThatOverflowAreReadBack() throws IOException {
        int[] values = {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 5};
        ByteSink out = new ByteSink();

        new DeltaPacking().encode(values, values.length, out);

        ValuesReader reader = new DeltaBinaryPackingValuesReader();
        reader.initFromPage(values.length, input(out));
        for (int value : values) {
            assertThat(reader.readInteger()).isEqualTo(value);
        }
    }

    @Test
    void validTextIsToldFromOtherBytesAsTheJdkDoes() {
        long seed = System.nanoTime();
        System.out.println("validTextIsToldFromOtherBytesAsTheJdkDoes seed " + seed);
        Random random = new Random(seed);
        int valid = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = text(random);
            boolean expected = java.util.Arrays.equals(
                    new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
            valid += expected ? 1 : 0;

            assertThat(Utf8.isValid(bytes, 0, bytes.length))
                    .as("seed %d, text %d", seed, i)
                    .isEqualTo(expected);
        }
        assertThat(valid).isBetween(1_000, 49_000);
    }

    private static byte[] text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> 0x80 + random.nextInt(0x780);
                        case 2 -> 0xe000 + random.nextInt(0x2000);
                        default -> 0x1_0000 + random.nextInt(0x10_0000);
                    });
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static int[] runs(Random random, int count, int bitWidth) {
        int mask = bitWidth == 32 ? -1 : (1 << bitWidth) - 1;
        int[] values = new int[count];
        int i = 0;
        while (i < count) {
            int value = random.nextInt() & mask;
            int length = random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 1;
            for (int end = Math.min(count, i + length); i < end; i++) {
                values[i] = value;
            }
        }
        return values;
    }

    private static ByteBufferInputStream input(ByteSink out) {
        return ByteBufferInputStream.wrap(ByteBuffer.wrap(out.toByteArray()));
    }
}
