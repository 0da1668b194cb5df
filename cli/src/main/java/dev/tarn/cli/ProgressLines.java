package dev.tarn.cli;

import dev.tarn.maintenance.MaintenanceProgress;
import java.util.concurrent.TimeUnit;

/** Prints progress on stderr, at most one line a second and always the last. Confined to the thread of the run. */
final class ProgressLines implements MaintenanceProgress {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Console console;
    private long lastLine = System.nanoTime();

    ProgressLines(Console console) {
        this.console = console;
    }

    @Override
    public void report(String unit, long done, long total) {
        long now = System.nanoTime();
        if (done >= total || now - lastLine >= PAUSE_NANOS) {
            lastLine = now;
            console.say("%s: %d of %d".formatted(unit, done, total));
        }
    }
}
