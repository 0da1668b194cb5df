package dev.tarn.bench.writer;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Takes the time of the wall and of the processor, all threads of this process together. */
final class Stopwatch {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final long wall = System.nanoTime();
    private final long cpu = SYSTEM.getProcessCpuTime();

    private Stopwatch() {}

    /** What was needed, in seconds. */
    record Times(double wallSeconds, double cpuSeconds) {}

    static Stopwatch start() {
        return new Stopwatch();
    }

    Times stop() {
        return new Times((System.nanoTime() - wall) / 1e9, (SYSTEM.getProcessCpuTime() - cpu) / 1e9);
    }

    /** The run in the middle by processor time. */
    static Times median(List<Times> runs) {
        List<Times> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparingDouble(Times::cpuSeconds));
        return sorted.get(sorted.size() / 2);
    }
}
