package dev.tarn.kafka;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Set;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** Which failures are answered by reading again from where the table is, and how often in a row. Not thread-safe. */
final class CommitFailures {
    /** About two minutes in all: a catalog that is restarted is survived, one that is gone is told. */
    private static final RetryPolicy RETRIES = new RetryPolicy(12, Duration.ofMillis(100), Duration.ofSeconds(20));

    private static final Set<ErrorKind> PASSING = Set.of(
            ErrorKind.CONFLICT,
            ErrorKind.UNKNOWN_OUTCOME,
            ErrorKind.UNAVAILABLE,
            ErrorKind.OVERLOADED,
            ErrorKind.DEADLINE);

    private int inARow;

    void succeeded() {
        inARow = 0;
    }

    /**
     * The pause before reading again.
     *
     * @throws RuntimeException the failure itself, if reading again cannot help or has not helped too often
     */
    Duration pauseAfter(RuntimeException failure) {
        inARow++;
        if (!isPassing(failure) || inARow >= RETRIES.maxAttempts()) {
            throw failure;
        }
        return RETRIES.pauseAfter(inARow);
    }

    private static boolean isPassing(RuntimeException failure) {
        if (failure instanceof TarnException known) {
            return PASSING.contains(known.kind());
        }
        if (failure instanceof KafkaException) {
            return failure instanceof RetriableException;
        }
        // What is left comes from catalog client and object store: they tell trouble on the way by many types.
        return !(failure instanceof OutOfMemoryException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof NullPointerException
                || failure instanceof UnsupportedOperationException
                || failure instanceof ValidationException
                || failure instanceof NoSuchTableException
                || failure instanceof NoSuchNamespaceException
                || failure instanceof NotAuthorizedException
                || failure instanceof ForbiddenException);
    }
}
