package dev.tarn.catalog.credentials;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Hands out the same credentials for the first half of their life. However many ask at once, one of them asks the token
 * service and the others wait for its answer, good or bad. Thread-safe.
 */
final class CredentialCache {
    /** Some kilobytes each; beyond it the least used are asked for again. */
    private static final int MAX_ENTRIES = 10_000;

    private final Clock clock;
    private final Cache<String, CompletableFuture<SessionCredentials>> cache =
            Caffeine.newBuilder().maximumSize(MAX_ENTRIES).build();

    CredentialCache(Clock clock) {
        this.clock = clock;
    }

    /**
     * Credentials for a policy, which names the prefixes and what may be done with them.
     *
     * @param source makes new ones
     */
    SessionCredentials find(String policy, Supplier<SessionCredentials> source) {
        CompletableFuture<SessionCredentials> mine = new CompletableFuture<>();
        CompletableFuture<SessionCredentials> current =
                cache.asMap().merge(policy, mine, (earlier, later) -> isServed(earlier) ? earlier : later);
        if (current != mine) {
            return join(current);
        }
        try {
            SessionCredentials made = source.get();
            mine.complete(made);
            return made;
        } catch (RuntimeException | Error e) {
            boolean unused = cache.asMap().remove(policy, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private boolean isServed(CompletableFuture<SessionCredentials> future) {
        if (!future.isDone()) {
            return true;
        }
        return !future.isCompletedExceptionally()
                && clock.instant().isBefore(future.join().servedUntil());
    }

    private static SessionCredentials join(CompletableFuture<SessionCredentials> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
