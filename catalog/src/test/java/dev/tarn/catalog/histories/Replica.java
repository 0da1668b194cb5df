package dev.tarn.catalog.histories;

import dev.tarn.catalog.FaultyCatalog;
import dev.tarn.catalog.FaultyCatalog.Death;
import dev.tarn.testkit.JavaProcess;
import dev.tarn.testkit.http.Cut;
import dev.tarn.testkit.http.HttpMessage;
import dev.tarn.testkit.http.HttpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server process behind a proxy that breaks connections. When the process dies it comes back, until it has died as often
 * as planned; the way of dying changes each time. Thread-safe; whoever starts it closes it.
 */
final class Replica implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Each way to break a connection strikes about once in so many requests. */
    private static final int REQUESTS_BETWEEN_CUTS = 60;

    /** On average. Long enough for a start to pay, short enough for many deaths. */
    private static final int COMMITS_BETWEEN_DEATHS = 160;

    private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

    private final List<String> arguments;
    private final int firstDeath;
    private final int plannedDeaths;
    private final Random random;
    private final Map<String, AtomicInteger> fired = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger killAtRequest = new AtomicInteger(Integer.MAX_VALUE);
    private final List<JavaProcess> processes = new CopyOnWriteArrayList<>();
    private final HttpProxy proxy;
    private volatile URI uri = NOWHERE;
    private @Nullable Throwable problem;
    private int deaths;
    private boolean closed;

    /**
     * Starts the first process.
     *
     * @param arguments of the process, before the way it dies
     * @param firstDeath index of the way it dies first
     * @param plannedDeaths how often the process dies before it may live
     */
    Replica(List<String> arguments, int firstDeath, int plannedDeaths, long seed) {
        this.arguments = List.copyOf(arguments);
        this.firstDeath = firstDeath;
        this.plannedDeaths = plannedDeaths;
        this.random = new Random(seed);
        this.proxy = HttpProxy.start(() -> uri, new Faults());
        start();
    }

    /** Where clients connect, whatever process is behind. */
    URI uri() {
        return proxy.uri();
    }

    /** Waits until there is a process that answers. */
    synchronized void awaitUp() throws InterruptedException {
        while (!closed && problem == null && !isUp()) {
            wait(PATIENCE.toMillis());
        }
        if (problem != null) {
            throw new IllegalStateException("The server did not come back", problem);
        }
    }

    synchronized boolean hasDiedAsPlanned() {
        return deaths >= plannedDeaths;
    }

    /** How often each fault happened; complete once the replica is closed. */
    Map<String, AtomicInteger> fired() {
        return fired;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        proxy.close();
        processes.forEach(JavaProcess::close);
        processes.forEach(process -> process.output().stream()
                .filter(line -> line.startsWith(FaultyCatalog.FAULT))
                .forEach(line -> count(line.substring(FaultyCatalog.FAULT.length()))));
    }

    private boolean isUp() {
        return processes.get(processes.size() - 1).isAlive() && !uri.equals(NOWHERE);
    }

    private synchronized void start() {
        if (closed) {
            return;
        }
        boolean dies = !hasDiedAsPlanned();
        Death death = dies ? Death.values()[(firstDeath + deaths) % Death.values().length] : Death.NONE;
        int commits = COMMITS_BETWEEN_DEATHS / 2 + random.nextInt(COMMITS_BETWEEN_DEATHS);
        List<String> all = new ArrayList<>(arguments);
        all.add("death=" + death);
        all.add("after=" + commits);
        JavaProcess process = JavaProcess.start(FaultyCatalog.class.getName(), all);
        processes.add(process);
        String ready = process.awaitLine(FaultyCatalog.READY, PATIENCE);
        uri = URI.create(ready.substring(FaultyCatalog.READY.length()));
        if (dies && death == Death.NONE) {
            // From outside, at a moment that has nothing to do with what the process is doing.
            killAtRequest.set(requests.get() + 2 * commits);
        }
        notifyAll();
        ProcessHandle.of(process.pid())
                .ifPresentOrElse(handle -> handle.onExit().thenRunAsync(this::comeBack), this::comeBack);
    }

    private synchronized void comeBack() {
        deaths++;
        uri = NOWHERE;
        try {
            start();
        } catch (RuntimeException | AssertionError e) {
            problem = e;
            notifyAll();
        }
    }

    private void count(String fault) {
        fired.computeIfAbsent(fault, key -> new AtomicInteger()).incrementAndGet();
    }

    /** Breaks connections in turn, one way after the other, and kills the process when its request has come. */
    private final class Faults implements HttpProxy.Watcher {
        @Override
        public Cut cut(HttpMessage request) {
            int number = requests.incrementAndGet();
            int kill = killAtRequest.get();
            if (number >= kill && killAtRequest.compareAndSet(kill, Integer.MAX_VALUE)) {
                count("KILLED");
                processes.get(processes.size() - 1).kill();
            }
            if (number % REQUESTS_BETWEEN_CUTS != 0) {
                return Cut.NONE;
            }
            Cut cut = Cut.values()[1 + number / REQUESTS_BETWEEN_CUTS % (Cut.values().length - 1)];
            count("cut " + cut);
            return cut;
        }
    }
}
