package dev.tarn.catalog.planning;

/** Counts what a decoded file takes in memory, and fails before it takes too much. Not thread-safe. */
final class Allocation {
    private final long limit;
    private long bytes;

    Allocation(long limit) {
        this.limit = limit;
    }

    /** Counts memory that is about to be allocated. */
    void add(long more) {
        bytes += more;
        if (bytes > limit) {
            throw new CorruptManifestException("Decoded it takes more than %d bytes of memory".formatted(limit));
        }
    }
}
