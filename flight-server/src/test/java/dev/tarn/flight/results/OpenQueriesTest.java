package dev.tarn.flight.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.InProcessEngine;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryContext;
import dev.tarn.flight.engine.QueryExecution;
import dev.tarn.flight.tickets.StatementTicket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenQueriesTest {
    private static final Caller ANN = new Caller("ann", Optional.empty());
    private static final Caller BOB = new Caller("bob", Optional.empty());

    private final SteppingClock clock = new SteppingClock();
    private final RootAllocator allocator = new RootAllocator();
    private final InProcessEngine engine = new InProcessEngine(allocator);
    private final OpenQueries queries = new OpenQueries(2, Duration.ofMinutes(10), clock);

    @AfterEach
    void close() {
        queries.close();
        assertThat(engine.openQueries()).isZero();
        engine.close();
        allocator.close();
    }

    @Test
    void ticketOfAnotherUserIsForbidden() {
        StatementTicket ticket = ticket(queries.add(plan("SELECT 1"), Optional.empty(), ANN));

        assertFails(() -> queries.find(ticket, BOB), ErrorKind.FORBIDDEN, "belongs to another user");
        assertThat(queries.find(ticket, ANN).principal()).isEqualTo("ann");
    }

    @Test
    void expiredTicketIsNotFoundAndItsPlanIsFreed() {
        StatementTicket ticket = ticket(queries.add(plan("SELECT 1"), Optional.empty(), ANN));
        clock.now = clock.now.plus(Duration.ofMinutes(10));

        assertFails(() -> queries.find(ticket, ANN), ErrorKind.NOT_FOUND, "expired at 2026-01-01T00:10:00Z");
        queries.sweep();
        assertThat(engine.openQueries()).isZero();
    }

    @Test
    void renewedPlanLivesOnButNotForMoreThanAnHour() {
        OpenQuery open = queries.add(plan("SELECT 1"), Optional.empty(), ANN);
        for (int i = 0; i < 10; i++) {
            clock.now = clock.now.plus(Duration.ofMinutes(5));
            queries.renew(ticket(open), ANN);
        }
        assertThat(open.expiresAt()).isEqualTo(Instant.parse("2026-01-01T01:00:00Z"));
    }

    @Test
    void plansBeyondTheLimitAreRefusedAndFreed() {
        queries.add(plan("SELECT 1"), Optional.empty(), ANN);
        queries.add(plan("SELECT 2"), Optional.empty(), ANN);

        assertFails(
                () -> queries.add(plan("SELECT 3"), Optional.empty(), ANN),
                ErrorKind.OVERLOADED,
                "flight.max-open-queries");
        assertThat(engine.openQueries()).isEqualTo(2);
    }

    @Test
    void planOutlivesItsExpiryWhileItRuns() {
        OpenQuery open = queries.add(plan("SELECT 1"), Optional.empty(), ANN);
        QueryExecution run = open.begin(allocator);
        clock.now = clock.now.plus(Duration.ofHours(1));
        queries.sweep();
        assertThat(engine.openQueries()).isEqualTo(1);

        open.end(run);

        assertThat(engine.openQueries()).isZero();
    }

    @Test
    void updateThatFailsLeavesNoPlanBehind() {
        engine.run("CREATE TABLE t (n INTEGER NOT NULL)");

        assertThatThrownBy(() -> queries.run(plan("INSERT INTO t VALUES (NULL)"), Optional.empty(), ANN, allocator))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("NOT NULL");
        assertThat(queries.size()).isZero();
        assertThat(engine.openQueries()).isZero();
    }

    private PreparedQuery plan(String sql) {
        return engine.prepare(sql, new QueryContext(ANN, Optional.empty(), Map.of()));
    }

    private static StatementTicket ticket(OpenQuery open) {
        return new StatementTicket(open.id(), open.principal(), open.expiresAt());
    }

    private static void assertFails(Runnable call, ErrorKind kind, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private static final class SteppingClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

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
}
