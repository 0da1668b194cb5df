package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColumnTasksTest {
    @Test
    void everyColumnHasItsTurnOnceHoweverManyThreadsThereAre() {
        for (int threads : new int[] {1, 2, 16}) {
            for (int columns : new int[] {0, 1, 2, 50}) {
                AtomicIntegerArray turns = new AtomicIntegerArray(Math.max(1, columns));

                ColumnTasks.run(
                        threads,
                        IntStream.range(0, columns).map(i -> columns - 1 - i).toArray(),
                        (column, scratch) -> turns.incrementAndGet(column));

                for (int column = 0; column < columns; column++) {
                    assertThat(turns.get(column)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void theLowestColumnThatFailedIsToldAndNoTaskIsLeftRunning() {
        for (int round = 0; round < 200; round++) {
            AtomicInteger running = new AtomicInteger();
            int[] order = IntStream.range(0, 20).toArray();

            assertThatThrownBy(() -> ColumnTasks.run(4, order, (column, scratch) -> {
                        running.incrementAndGet();
                        try {
                            if (column >= 3) {
                                throw new IllegalArgumentException("column " + column);
                            }
                        } finally {
                            running.decrementAndGet();
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("column 3");
            assertThat(running).hasValue(0);
        }
    }

    @Test
    void anInterruptIsKeptForTheCaller() {
        Thread.currentThread().interrupt();

        ColumnTasks.run(4, new int[] {0, 1, 2, 3}, (column, scratch) -> {});

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void encodingsThatDoNotExistAreRefused() {
        assertThat(ParquetEncodings.of("p", "Modern")).isEqualTo(ParquetEncodings.MODERN);
        assertThatThrownBy(() -> ParquetEncodings.of(ParquetFileOptions.ENCODINGS_PROPERTY, "v2"))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage("Table property tarn.parquet.encodings must be modern or compatible but is 'v2'");
    }
}
