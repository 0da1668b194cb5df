package dev.tarn.writer.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Bytes of batches that sessions may hold before they are in finished files. Offers beyond it wait in the order in which they
 * came, and the session with the largest open window is asked to flush, so that an idle producer stalls nobody. Thread-safe;
 * needs no closing.
 */
public final class SessionBudget {
    private final long limitBytes;

    @GuardedBy("this")
    private final Deque<Object> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private final Set<Holder> holders = new LinkedHashSet<>();

    @GuardedBy("this")
    private long usedBytes;

    /** Whoever holds bytes of the budget. */
    interface Holder {
        /** Bytes of the window that is open. Does not block. */
        long openBytes();

        /** Asks for a flush of the open window. Does not block. */
        void requestFlush();
    }

    /** A budget for the sessions that are opened with it. */
    public SessionBudget(DataSize limit) {
        if (limit.bytes() < 1) {
            throw new IllegalArgumentException("A budget must be at least 1 byte but was " + limit);
        }
        this.limitBytes = limit.bytes();
    }

    /** Bytes that are held now. */
    public synchronized long usedBytes() {
        return usedBytes;
    }

    synchronized void register(Holder holder) {
        holders.add(holder);
    }

    synchronized void remove(Holder holder) {
        holders.remove(holder);
    }

    /**
     * Takes bytes, or waits for them.
     *
     * @throws TarnException INVALID if there can never be so many, OVERLOADED if the time is over, CANCELLED on interrupt
     */
    void acquire(long bytes, long patienceNanos) {
        if (bytes > limitBytes) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A batch of %d bytes is larger than the budget of %d bytes; split it or raise the budget"
                            .formatted(bytes, limitBytes));
        }
        Object ticket = new Object();
        long end = System.nanoTime() + patienceNanos;
        synchronized (this) {
            waiting.add(ticket);
            try {
                while (waiting.peek() != ticket || usedBytes + bytes > limitBytes) {
                    largestHolder().ifPresent(Holder::requestFlush);
                    wait(refuseIfOver(bytes, end - System.nanoTime()));
                }
                usedBytes += bytes;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new TarnException(ErrorKind.CANCELLED, "Interrupted while waiting for the session budget", e);
            } finally {
                waiting.remove(ticket);
                notifyAll();
            }
        }
    }

    synchronized void release(long bytes) {
        usedBytes -= bytes;
        notifyAll();
    }

    @GuardedBy("this")
    private Optional<Holder> largestHolder() {
        return holders.stream()
                .filter(holder -> holder.openBytes() > 0)
                .max(Comparator.comparingLong(Holder::openBytes));
    }

    @GuardedBy("this")
    private long refuseIfOver(long bytes, long leftNanos) {
        if (leftNanos <= 0) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "The session budget of %d bytes is used up: %d bytes are held and %d more were offered; offer again later"
                            .formatted(limitBytes, usedBytes, bytes));
        }
        // Rounded up, as a wait of zero would last for ever.
        return TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1;
    }
}
