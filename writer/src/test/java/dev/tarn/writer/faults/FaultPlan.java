package dev.tarn.writer.faults;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Decides at every point whether something fails there, and counts what did. Thread-safe. */
final class FaultPlan {
    private final Random random;
    private final double probability;
    private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
    private boolean quiet;
    private boolean dead;

    /** What fails, and how. */
    enum Fault {
        CREATE_FILE,
        WRITE_HALF,
        CLOSE_FILE,
        DELETE_BEFORE,
        DELETE_AFTER,
        READ_FILE,
        REFRESH_UNAVAILABLE,
        COMMIT_409_BEFORE,
        COMMIT_429_BEFORE,
        COMMIT_500_BEFORE,
        COMMIT_TIMEOUT_BEFORE,
        COMMIT_409_AFTER,
        COMMIT_500_AFTER,
        COMMIT_TIMEOUT_AFTER,
        COMMIT_LANDS_LATER,
        KILL
    }

    FaultPlan(long seed, double probability) {
        this.random = new Random(seed);
        this.probability = probability;
    }

    /** One of some faults, or none; after {@link #kill} everything fails. */
    Optional<Fault> at(Fault... possible) {
        return at(1, possible);
    }

    /** The same, so many times as likely: some points are passed far more often than others. */
    synchronized Optional<Fault> at(double weight, Fault... possible) {
        if (dead) {
            throw new KilledException();
        }
        if (quiet || random.nextDouble() >= probability * weight) {
            return Optional.empty();
        }
        Fault fault = possible[random.nextInt(possible.length)];
        injected.merge(fault, 1, Integer::sum);
        return Optional.of(fault);
    }

    synchronized int between(int from, int to) {
        return from + random.nextInt(to - from);
    }

    /** From now on nothing fails. */
    synchronized void quiet() {
        quiet = true;
    }

    /** From now on nothing reaches storage or catalog any more, as if the process had been killed. */
    synchronized void kill() {
        dead = true;
    }

    synchronized boolean isDead() {
        return dead;
    }

    synchronized void count(Fault fault) {
        injected.merge(fault, 1, Integer::sum);
    }

    synchronized Map<Fault, Integer> injected() {
        return new EnumMap<>(injected);
    }

    /** The process is dead. */
    static final class KilledException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        KilledException() {
            super("killed");
        }
    }
}
