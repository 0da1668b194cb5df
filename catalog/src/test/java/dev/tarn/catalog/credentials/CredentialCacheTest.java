package dev.tarn.catalog.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CredentialCacheTest {
    private static final Duration LIFE = Duration.ofMinutes(60);

    private final SettableClock clock = new SettableClock();
    private final CredentialCache cache = new CredentialCache(clock);
    private final AtomicInteger made = new AtomicInteger();

    /** A clock that stands still until it is moved. */
    static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    static SessionCredentials credentials(String id, Clock clock) {
        return new SessionCredentials(
                id,
                Secret.of("secret"),
                Secret.of("token"),
                clock.instant(),
                clock.instant().plus(LIFE));
    }

    private SessionCredentials make() {
        return credentials("key" + made.incrementAndGet(), clock);
    }

    @Test
    void credentialsAreServedForHalfOfTheirLifeAndNoLonger() {
        SessionCredentials first = cache.find("p", this::make);
        clock.move(LIFE.dividedBy(2).minusMillis(1));
        assertThat(cache.find("p", this::make)).isSameAs(first);
        clock.move(Duration.ofMillis(1));

        assertThat(cache.find("p", this::make)).isNotSameAs(first);
        assertThat(made).hasValue(2);
    }

    @Test
    void anotherPolicyGetsOtherCredentials() {
        assertThat(cache.find("a", this::make)).isNotEqualTo(cache.find("b", this::make));
    }

    @Test
    void manyThatAskAtOnceShareOneCall() throws Exception {
        int callers = 16;
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(callers);
        try {
            List<Future<SessionCredentials>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                results.add(executor.submit(() -> cache.find("p", () -> {
                    inside.countDown();
                    await(go);
                    return make();
                })));
            }
            inside.await();
            go.countDown();
            for (Future<SessionCredentials> result : results) {
                assertThat(result.get().accessKeyId()).isEqualTo("key1");
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void failureIsNotKept() {
        TarnException failure = new TarnException(ErrorKind.UNAVAILABLE, "down");
        assertThatThrownBy(() -> cache.find("p", () -> {
                    throw failure;
                }))
                .isSameAs(failure)
                .hasMessage("down");

        assertThat(cache.find("p", this::make).accessKeyId()).isEqualTo("key1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
