package dev.tarn.flight.scan.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with copies of Parquet files, or of those of their columns that statements need, bounded in bytes; the least
 * recently used go first, those in use never. Data files never change, so that a copy is never stale. Files on the same disk
 * are linked instead of copied. Thread-safe; closing it deletes the copies.
 */
public final class ScanCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScanCache.class);

    private final Path folder;
    private final long limitBytes;
    private final ExecutorService fetchers;

    @GuardedBy("this")
    private final Map<String, CachedFile> files = new LinkedHashMap<>(64, 0.75f, true);

    @GuardedBy("this")
    private long usedBytes;

    @GuardedBy("this")
    private long nextNumber;

    /**
     * A file to be had locally.
     *
     * @param location where it is stored
     * @param length in bytes
     * @param fieldIds of the top-level columns that will be read; null for all
     */
    public record Wanted(
            String location, long length, @Nullable Set<Integer> fieldIds) {}

    /** Files that stay while this is open. Thread-safe. */
    public final class Lease implements AutoCloseable {
        private final Map<String, CachedFile> held;
        private boolean closed;

        private Lease(Map<String, CachedFile> held) {
            this.held = held;
        }

        /** The local copy of a file that was asked for. */
        public Path path(String location) {
            CachedFile file = held.get(location);
            if (file == null) {
                throw new IllegalArgumentException("Not part of this lease: " + location);
            }
            return file.path;
        }

        @Override
        public void close() {
            synchronized (ScanCache.this) {
                if (!closed) {
                    closed = true;
                    held.values().forEach(file -> file.users--);
                }
            }
        }
    }

    /**
     * An empty cache.
     *
     * @param folder owned by the cache, which deletes what is in it
     * @param parallelFetches files fetched at the same time, over all statements
     */
    public ScanCache(Path folder, DataSize limit, int parallelFetches) {
        this.folder = folder;
        this.limitBytes = limit.bytes();
        this.fetchers = Executors.newFixedThreadPool(parallelFetches, new NamedThreads("scan-fetch"));
        clear();
    }

    /** Bytes on disk now. */
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /**
     * Fetches what is missing and keeps all files until the lease is closed by the caller.
     *
     * @throws TarnException OVERLOADED if they do not fit beside those in use, NOT_FOUND if a file does not exist,
     *     UNAVAILABLE if it cannot be read
     */
    public Lease acquire(FileIO io, List<Wanted> wanted) {
        Map<String, CachedFile> held = new LinkedHashMap<>();
        synchronized (this) {
            for (Wanted file : wanted) {
                held.computeIfAbsent(file.location(), location -> hold(file));
            }
        }
        Lease lease = new Lease(held);
        List<CompletableFuture<Void>> fetches = new ArrayList<>();
        try {
            for (Wanted file : wanted) {
                CachedFile copy = held.get(file.location());
                if (copy != null) {
                    fetches.add(CompletableFuture.runAsync(() -> fill(io, copy, file), fetchers));
                }
            }
            fetches.forEach(CompletableFuture::join);
            return lease;
        } catch (RuntimeException e) {
            // The copies may go only when nobody writes to them any more.
            CompletableFuture<?>[] rest = fetches.toArray(CompletableFuture<?>[]::new);
            rest = Stream.of(rest)
                    .map(fetch -> fetch.exceptionally(failure -> null))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(rest).join();
            lease.close();
            throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        fetchers.shutdownNow();
        clear();
    }

    @GuardedBy("this")
    private CachedFile hold(Wanted wanted) {
        CachedFile file = files.get(wanted.location());
        if (file == null) {
            Path path = folder.resolve(nextNumber++ + ".parquet");
            file = new CachedFile(wanted.location(), path, wanted.length());
            files.put(wanted.location(), file);
        }
        file.users++;
        return file;
    }

    private void fill(FileIO io, CachedFile file, Wanted wanted) {
        try {
            file.fill(io, wanted.fieldIds(), bytes -> reserve(file, bytes));
        } catch (NotFoundException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "The data file %s does not exist".formatted(wanted.location()), e);
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot fetch the data file %s: %s; repeat the statement"
                            .formatted(wanted.location(), e.getMessage()),
                    e);
        }
    }

    /** Makes room for bytes of a file, or gives them back where negative. */
    private synchronized void reserve(CachedFile file, long bytes) {
        Iterator<CachedFile> oldest = files.values().iterator();
        while (usedBytes + bytes > limitBytes && oldest.hasNext()) {
            CachedFile old = oldest.next();
            if (old.users == 0) {
                oldest.remove();
                usedBytes -= old.bytes;
                delete(old.path);
            }
        }
        if (bytes > 0 && usedBytes + bytes > limitBytes) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    ("The scan cache of %s has no room for %s more beside the %s in use; repeat later, select less, or "
                                    + "raise engine.scan-cache-size")
                            .formatted(new DataSize(limitBytes), new DataSize(bytes), new DataSize(usedBytes)));
        }
        usedBytes += bytes;
        file.bytes += bytes;
    }

    private void clear() {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> copies = Files.list(folder)) {
                copies.forEach(ScanCache::delete);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot clear the scan cache " + folder, e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("Cannot delete a file of the scan cache: {}", e.toString());
        }
    }
}
