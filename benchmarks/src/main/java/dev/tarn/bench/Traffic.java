package dev.tarn.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends ready-made requests over a few connections, one thread each, and takes the time. With a rate, requests are due at
 * fixed times and their latency counts from then, so that a server that stands still is not spared the requests that it
 * kept from being sent.
 */
final class Traffic {
    /** Latencies kept per connection; more than any round has. */
    private static final int MAX_SAMPLES = 4_000_000;

    /** Makes the next request of a connection, complete with head and body. */
    @FunctionalInterface
    interface Requests {
        byte[] next(int connection, long index);
    }

    /**
     * How hard to press.
     *
     * @param connections how many, each with one request at a time
     * @param duration of the measured time
     * @param perSecond requests per second over all connections; 0 for as many as the server can take
     * @param perConnection requests after which a connection ends before its time
     */
    record Shape(int connections, Duration duration, int perSecond, long perConnection) {
        /** For a time. */
        static Shape timed(int connections, Duration duration, int perSecond) {
            return new Shape(connections, duration, perSecond, Long.MAX_VALUE);
        }

        /** As many as wanted, however long it takes. */
        static Shape counted(int connections, long perConnection) {
            return new Shape(connections, Duration.ofDays(1), 0, perConnection);
        }
    }

    /**
     * What came back.
     *
     * @param requests answers with status 2xx or 304
     * @param refusals answers with another status
     * @param bytes of all bodies
     * @param elapsed from the first request to the last answer
     * @param sortedNanos latency of each answer
     */
    @SuppressWarnings("ArrayRecordComponent") // Samples are read, never compared.
    record Outcome(long requests, long refusals, long bytes, Duration elapsed, long[] sortedNanos) {
        double perSecond() {
            return requests * 1e9 / elapsed.toNanos();
        }

        /** A latency that the given share of the answers does not exceed, in microseconds. */
        double micros(double share) {
            if (sortedNanos.length == 0) {
                return Double.NaN;
            }
            int index = (int) Math.ceil(share * sortedNanos.length) - 1;
            return sortedNanos[Math.max(0, index)] / 1e3;
        }
    }

    private Traffic() {}

    /** Sends until the time is over, and waits for every answer. */
    static Outcome send(URI server, Requests requests, Shape shape) {
        Connection[] connections = new Connection[shape.connections()];
        Thread[] threads = new Thread[shape.connections()];
        CyclicBarrier start = new CyclicBarrier(shape.connections());
        for (int i = 0; i < connections.length; i++) {
            Connection connection = new Connection(server, requests, shape, i, start);
            connections[i] = connection;
            threads[i] = new Thread(connection, "bench-connection-" + i);
            threads[i].start();
        }
        for (Thread thread : threads) {
            join(thread);
        }
        return outcome(connections);
    }

    private static Outcome outcome(Connection[] connections) {
        for (Connection connection : connections) {
            Throwable failed = connection.failure;
            if (failed != null) {
                throw new IllegalStateException("A connection failed", failed);
            }
        }
        long begin =
                Arrays.stream(connections).mapToLong(each -> each.begin).min().orElse(0);
        long end = Arrays.stream(connections).mapToLong(each -> each.end).max().orElse(0);
        return new Outcome(
                Arrays.stream(connections).mapToLong(each -> each.requests).sum(),
                Arrays.stream(connections).mapToLong(each -> each.refusals).sum(),
                Arrays.stream(connections).mapToLong(each -> each.bytes).sum(),
                Duration.ofNanos(end - begin),
                Arrays.stream(connections)
                        .flatMapToLong(each -> LongStream.of(each.samples).limit(each.sampled))
                        .sorted()
                        .toArray());
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while measuring", e);
        }
    }

    /** Confined to its thread until that has ended. */
    private static final class Connection implements Runnable {
        private final URI server;
        private final Requests source;
        private final Shape shape;
        private final int number;
        private final CyclicBarrier start;
        private long[] samples = new long[1 << 12];
        private int sampled;
        private long requests;
        private long refusals;
        private long bytes;
        private long begin;
        private long end;
        private @Nullable Throwable failure;

        Connection(URI server, Requests source, Shape shape, int number, CyclicBarrier start) {
            this.server = server;
            this.source = source;
            this.shape = shape;
            this.number = number;
            this.start = start;
        }

        @Override
        public void run() {
            try (HttpConnection http = new HttpConnection(server)) {
                start.await();
                begin = System.nanoTime();
                drive(http);
            } catch (IOException | BrokenBarrierException | UncheckedIOException e) {
                failure = e;
                start.reset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end = System.nanoTime();
            }
        }

        private void drive(HttpConnection http) throws IOException {
            long stop = begin + shape.duration().toNanos();
            for (long index = 0; index < shape.perConnection(); index++) {
                long due = shape.perSecond() == 0 ? System.nanoTime() : dueAt(index);
                if (due >= stop) {
                    return;
                }
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                int status = http.exchange(source.next(number, index));
                keep(System.nanoTime() - due);
                bytes += http.bodyLength();
                if (status / 100 == 2 || status == 304) {
                    requests++;
                } else {
                    refusals++;
                }
            }
        }

        /** The connections take turns, so that requests are spread evenly. */
        private long dueAt(long index) {
            return begin + (index * shape.connections() + number) * 1_000_000_000L / shape.perSecond();
        }

        private void keep(long nanos) {
            if (sampled == samples.length && sampled < MAX_SAMPLES) {
                samples = Arrays.copyOf(samples, sampled * 2);
            }
            if (sampled < samples.length) {
                samples[sampled++] = nanos;
            }
        }
    }
}
