package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts streams; labels come from enums only. Thread-safe. */
final class StreamMetrics {
    private final MeterRegistry registry;
    private final AtomicInteger active = new AtomicInteger();
    private final Counter rows;
    private final Counter bytes;
    private final Counter refused;
    private final Timer duration;

    StreamMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.rows = registry.counter("tarn.flight.rows");
        this.bytes = registry.counter("tarn.flight.bytes");
        this.refused = registry.counter("tarn.flight.refused");
        this.duration = registry.timer("tarn.flight.stream.duration");
        registry.gauge("tarn.flight.active", active);
    }

    void began() {
        active.incrementAndGet();
    }

    void ended(Duration time) {
        active.decrementAndGet();
        duration.record(time);
    }

    void sent(long rowCount, long byteCount) {
        rows.increment((double) rowCount);
        bytes.increment((double) byteCount);
    }

    void refused() {
        refused.increment();
    }

    void succeeded() {
        outcome("ok");
    }

    void failed(Throwable failure) {
        ErrorKind kind = failure instanceof TarnException known ? known.kind() : ErrorKind.INTERNAL;
        outcome(kind.name().toLowerCase(Locale.ROOT));
    }

    int active() {
        return active.get();
    }

    private void outcome(String outcome) {
        registry.counter("tarn.flight.queries", "outcome", outcome).increment();
    }
}
