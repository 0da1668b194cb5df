package dev.tarn.catalog.planning;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.common.DataSize;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.iceberg.io.FileIO;

/**
 * Decoded manifests and manifest lists by location. The files never change, so nothing is ever stale. Each is decoded
 * by one thread however many ask, and the whole is bounded by its memory. Thread-safe. Does not own its executor.
 */
public final class ManifestCache {
    private final AsyncCache<String, Cached> cache;
    private final Executor decoders;
    private final long maxFileBytes;
    private final LongAdder decodedManifests = new LongAdder();

    /**
     * An empty cache.
     *
     * @param size memory that it may hold
     * @param maxFile larger manifests are refused
     * @param decoders decodes, one manifest per thread
     */
    public ManifestCache(DataSize size, DataSize maxFile, Executor decoders) {
        this.decoders = decoders;
        this.maxFileBytes = maxFile.bytes();
        this.cache = Caffeine.newBuilder()
                .maximumWeight(size.bytes())
                .weigher((String location, Cached file) ->
                        (int) Math.min(Integer.MAX_VALUE, file.bytes() + 2L * location.length()))
                .executor(Runnable::run) // Evictions are cheap, and this needs no thread of its own.
                .buildAsync();
    }

    /** How many manifests were decoded since the start. */
    public long decodedManifests() {
        return decodedManifests.sum();
    }

    /** Memory that the cache holds, about. */
    public long bytes() {
        cache.synchronous().cleanUp();
        return cache.synchronous().policy().eviction().stream()
                .mapToLong(eviction -> eviction.weightedSize().orElse(0))
                .sum();
    }

    /** Whether a file is there already, so that asking for it costs nothing. */
    boolean holds(String location) {
        CompletableFuture<Cached> known = cache.getIfPresent(location);
        return known != null && known.isDone();
    }

    CompletableFuture<ManifestColumns> manifest(FileIO io, String location) {
        return get(location, path -> {
                    decodedManifests.increment();
                    return ManifestDecoder.decode(io, path, maxFileBytes);
                })
                .thenApply(file -> as(ManifestColumns.class, file, location));
    }

    CompletableFuture<ManifestListing> listing(FileIO io, String location) {
        return get(location, path -> ManifestListing.decode(io, path, maxFileBytes))
                .thenApply(file -> as(ManifestListing.class, file, location));
    }

    private CompletableFuture<Cached> get(String location, Function<String, Cached> read) {
        return cache.get(location, (path, unused) -> CompletableFuture.supplyAsync(() -> read.apply(path), decoders));
    }

    private static <T extends Cached> T as(Class<T> type, Cached file, String location) {
        if (!type.isInstance(file)) {
            throw new CorruptManifestException(
                    "The file %s is named as a manifest and as a manifest list".formatted(location));
        }
        return type.cast(file);
    }
}
