package dev.tarn.catalog.events.webhook;

import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.EventStore;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to a webhook: in order, each at least once, from where the last delivery ended even after a crash. Of
 * several replicas one delivers, as long as it renews its lease. A webhook that fails is tried again after a pause that
 * grows; no event is passed over as long as the outbox keeps it. Thread-safe; whoever starts it closes it.
 */
public final class EventDelivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    /** The consumer whose cursor says how far the deliveries got. */
    static final String CONSUMER = "webhook";

    /** A cursor of its own, whose value is the time at which the lease of the delivering replica ends. */
    private static final String LEASE = "webhook-lease";

    /** Longer than a delivery may take. */
    private static final Duration LEASE_TIME = Duration.ofSeconds(60);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final EventStore events;
    private final Webhook webhook;
    private final WebhookSettings settings;
    private final Clock clock;
    private final Counter delivered;
    private final Counter failed;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new NamedThreads("catalog-webhook"));

    /** Only used on the thread. */
    private long leaseEnd;

    private Duration pause = Duration.ZERO;

    private EventDelivery(
            EventStore events, Webhook webhook, WebhookSettings settings, Clock clock, MeterRegistry metrics) {
        this.events = events;
        this.webhook = webhook;
        this.settings = settings;
        this.clock = clock;
        this.delivered = Counter.builder("tarn.catalog.webhook.events")
                .description("Events that the webhook has taken")
                .register(metrics);
        this.failed = Counter.builder("tarn.catalog.webhook.failures")
                .description("Deliveries that the webhook did not take")
                .register(metrics);
    }

    /** Starts to deliver in the background. */
    public static EventDelivery start(EventStore events, WebhookSettings settings, Clock clock, MeterRegistry metrics) {
        EventDelivery delivery = new EventDelivery(events, new Webhook(settings), settings, clock, metrics);
        delivery.schedule(Duration.ZERO);
        return delivery;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void schedule(Duration delay) {
        if (!thread.isShutdown()) {
            ScheduledFuture<?> unused = thread.schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void run() {
        Duration next;
        try {
            next = deliverSome() ? Duration.ZERO : settings.pollInterval();
            pause = Duration.ZERO;
        } catch (TarnException e) {
            failed.increment();
            pause = longer(pause);
            next = pause;
            LOG.warn("Cannot deliver events, next try in {}: {}", next, e.getMessage());
        } catch (RuntimeException e) {
            failed.increment();
            pause = longer(pause);
            next = pause;
            LOG.error("Cannot deliver events, next try in {}", next, e);
        }
        if (!thread.isShutdown()) {
            schedule(next);
        }
    }

    private static Duration longer(Duration pause) {
        Duration next = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }

    /** Whether there may be more. */
    private boolean deliverSome() {
        if (!holdLease()) {
            return false;
        }
        long from = events.cursor(CONSUMER);
        long oldest = events.oldest();
        if (from > 0 && oldest > from + 1) {
            LOG.error(
                    "The webhook was behind for too long: the events {} to {} are no longer kept; receivers must read"
                            + " the catalog anew",
                    from + 1,
                    oldest - 1);
        }
        List<StoredEvent> batch = events.read("", from, settings.batch());
        if (batch.isEmpty()) {
            return false;
        }
        webhook.deliver(CloudEvents.batch(batch));
        delivered.increment(batch.size());
        long last = batch.get(batch.size() - 1).sequence();
        if (!events.advance(CONSUMER, from, last)) {
            LOG.info("Another replica delivers events");
            leaseEnd = 0;
            return false;
        }
        return batch.size() == settings.batch();
    }

    private boolean holdLease() {
        long now = clock.millis();
        long end = now + LEASE_TIME.toMillis();
        long stored = events.cursor(LEASE);
        boolean isOurs = stored == leaseEnd && leaseEnd > 0;
        if (!isOurs && stored > now) {
            return false;
        }
        if (isOurs && stored - now > LEASE_TIME.toMillis() / 2) {
            return true;
        }
        if (events.advance(LEASE, stored, end)) {
            leaseEnd = end;
            return true;
        }
        return false;
    }
}
