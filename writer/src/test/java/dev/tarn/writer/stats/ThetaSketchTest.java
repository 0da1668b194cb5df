package dev.tarn.writer.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.theta.SetOperation;
import org.apache.datasketches.theta.Sketches;
import org.apache.datasketches.theta.Union;
import org.apache.datasketches.theta.UpdateSketch;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThetaSketchTest {
    @BeforeEach
    void theJudgeRunsHere() {
        assumeThat(Runtime.version().feature())
                .as(
                        "DataSketches, which judges our sketches, runs on Java 21 at most: run the tests with an older Java")
                .isLessThanOrEqualTo(21);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 100, 4_096})
    void fewValuesHaveTheBytesOfDataSketches(int count) {
        ThetaSketch ours = new ThetaSketch();
        UpdateSketch theirs = UpdateSketch.builder().build();
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[1 + random.nextInt(40)];
            random.nextBytes(value);
            ours.update(value, value.length);
            theirs.update(value);
        }

        assertThat(ours.toBytes()).isEqualTo(theirs.compact().toByteArray());
    }

    @Test
    void manyValuesAreEstimatedAsDataSketchesReadsThem() {
        ThetaSketch ours = new ThetaSketch();
        for (int i = 0; i < 300_000; i++) {
            add(ours, i);
            add(ours, i / 2);
        }

        double theirs = Sketches.wrapSketch(Memory.wrap(ours.toBytes())).getEstimate();

        assertThat(ours.estimate()).isCloseTo(300_000, Percentage.withPercentage(6));
        assertThat(theirs).isCloseTo(ours.estimate(), Percentage.withPercentage(0.001));
    }

    @Test
    void aSketchOfDataSketchesIsReadAndUnited() {
        UpdateSketch theirs = UpdateSketch.builder().build();
        ThetaSketch ours = new ThetaSketch();
        for (int i = 0; i < 100_000; i++) {
            theirs.update(bytes(i));
            add(ours, i + 50_000);
        }
        Union union = SetOperation.builder().buildUnion();
        union.union(theirs);
        union.union(Sketches.wrapSketch(Memory.wrap(ours.toBytes())));

        ours.union(ThetaSketch.fromBytes(ByteBuffer.wrap(theirs.compact().toByteArray()))
                .orElseThrow());

        assertThat(ours.estimate()).isCloseTo(150_000, Percentage.withPercentage(6));
        assertThat(ours.estimate()).isCloseTo(union.getResult().getEstimate(), Percentage.withPercentage(4));
    }

    @Test
    void itsBytesComeBack() {
        ThetaSketch sketch = new ThetaSketch();
        for (int i = 0; i < 20_000; i++) {
            add(sketch, i);
        }

        ThetaSketch back =
                ThetaSketch.fromBytes(ByteBuffer.wrap(sketch.toBytes())).orElseThrow();

        assertThat(back.toBytes()).isEqualTo(sketch.toBytes());
    }

    @Test
    void damagedBytesAreNoSketch() {
        ThetaSketch sketch = new ThetaSketch();
        for (int i = 0; i < 100; i++) {
            add(sketch, i);
        }
        byte[] bytes = sketch.toBytes();

        assertThat(ThetaSketch.fromBytes(ByteBuffer.wrap(bytes, 0, 100))).isEmpty();
        assertThat(ThetaSketch.fromBytes(ByteBuffer.allocate(0))).isEmpty();
        bytes[6]++;
        assertThat(ThetaSketch.fromBytes(ByteBuffer.wrap(bytes)))
                .as("another seed")
                .isEmpty();
    }

    private static void add(ThetaSketch sketch, int value) {
        byte[] bytes = bytes(value);
        sketch.update(bytes, bytes.length);
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
