package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.ReplanException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Runs work again, against a newer snapshot, when somebody else changed the files that it rests on. */
final class Replanning {
    /** Each attempt reads the affected files again; who loses this often competes with a constant rewriter. */
    private static final RetryPolicy POLICY = new RetryPolicy(6, Duration.ofMillis(50), Duration.ofSeconds(2));

    private Replanning() {}

    static <T> T run(Supplier<T> attempt) {
        for (int failed = 1; ; failed++) {
            try {
                return attempt.get();
            } catch (ReplanException e) {
                if (failed >= POLICY.maxAttempts()) {
                    throw new TarnException(
                            ErrorKind.CONFLICT,
                            "Gave up after %d attempts: %s; try again later".formatted(failed, e.getMessage()),
                            e);
                }
                pause(POLICY.pauseAfter(failed), e);
            }
        }
    }

    private static void pause(Duration pause, ReplanException conflict) {
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(
                    ErrorKind.CANCELLED, "Interrupted while waiting to try again: " + conflict.getMessage(), e);
        }
    }
}
