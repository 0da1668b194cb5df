package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CloserTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void closesTheLastFirstAndOnlyOnce() {
        Closer closer = new Closer();
        closer.register(() -> closed.add("first"));
        closer.register(() -> closed.add("second"));

        closer.close();
        closer.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void runsEveryCloseAndKeepsTheFirstFailure() {
        Closer closer = new Closer();
        closer.register(() -> closed.add("first"));
        closer.register(() -> {
            throw new IllegalStateException("later failure");
        });
        closer.register(() -> {
            throw new IllegalArgumentException("first failure");
        });

        assertThatThrownBy(closer::close)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("first failure")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("first");
    }
}
