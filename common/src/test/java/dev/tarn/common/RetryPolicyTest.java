package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryPolicyTest {
    @Test
    void pausesNeverExceedTheLongest() {
        RetryPolicy policy = new RetryPolicy(10, Duration.ofMillis(100), Duration.ofSeconds(1));

        for (int failed = 1; failed < 100; failed++) {
            assertThat(policy.pauseAfter(failed)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
        }
        assertThat(policy.pauseAfter(1)).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void refusesNoAttemptAtAll() {
        assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxAttempts must be at least 1 but was 0");
    }
}
