package dev.tarn.flight.results;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One limited child allocator per query. Batches travel without a copy, so the network may still hold buffers when a
 * query has ended; its allocator is then closed later, once the last buffer is back. Thread-safe. The maker calls
 * {@link #closeRetired} now and then, and {@link #close} after the network has stopped.
 */
public final class QueryAllocators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueryAllocators.class);

    /** Connections are cut by now, and give their buffers back within milliseconds. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private static final Duration CLOSE_STEP = Duration.ofMillis(10);

    private final BufferAllocator root;
    private final long maxQueryBytes;
    /** As long as the number of streams that ended while their last buffers were on their way: bounded by clients. */
    private final Queue<BufferAllocator> retired = new ConcurrentLinkedQueue<>();

    /** Children of {@code root}, each with the limit. */
    public QueryAllocators(BufferAllocator root, long maxQueryBytes) {
        this.root = root;
        this.maxQueryBytes = maxQueryBytes;
    }

    /** An allocator for one query, to be given back to {@link #retire}. */
    public BufferAllocator open(String name) {
        return root.newChildAllocator(name, 0, maxQueryBytes);
    }

    /** Takes ownership: closes the allocator now if it is empty, and otherwise once it is. */
    public void retire(BufferAllocator allocator) {
        retired.add(allocator);
        closeRetired();
    }

    /** Closes every retired allocator whose last buffer has come back. */
    public synchronized void closeRetired() {
        retired.removeIf(allocator -> {
            if (allocator.getAllocatedMemory() > 0) {
                return false;
            }
            allocator.close();
            return true;
        });
    }

    /** Waits for a moment until the last buffers are back; what is not is logged. */
    @Override
    public void close() {
        long end = System.nanoTime() + CLOSE_PATIENCE.toNanos();
        closeRetired();
        while (!retired.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(this, CLOSE_STEP.toNanos());
            closeRetired();
        }
        for (BufferAllocator left : retired) {
            LOG.warn("{} still holds {} bytes at the end", left.getName(), left.getAllocatedMemory());
        }
    }
}
