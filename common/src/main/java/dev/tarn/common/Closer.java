package dev.tarn.common;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Closes what was registered, last first. Every close runs; the first failure is thrown and the others are added to it
 * as suppressed. Closing twice is harmless. Not thread-safe.
 */
public final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    /** Registers a resource, to be closed before all that were registered earlier, and returns it. */
    public <T extends AutoCloseable> T register(T resource) {
        resources.push(resource);
        return resource;
    }

    @Override
    public void close() {
        @Nullable RuntimeException first = null;
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                first = keepFirst(first, e);
            } catch (Exception e) {
                first = keepFirst(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static RuntimeException keepFirst(@Nullable RuntimeException first, Exception next) {
        if (first != null) {
            first.addSuppressed(next);
            return first;
        }
        return next instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("Closing failed: " + next.getMessage(), next);
    }
}
