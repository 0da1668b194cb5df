package dev.tarn.flight.scan.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import dev.tarn.storage.LocalFileIO;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with copies of data files, bounded in bytes; the least recently used go first, those in use never. A file is
 * fetched once however many statements ask for it at the same time. Data files never change, so that a copy is never stale.
 * Files on the same disk are linked instead of copied. Thread-safe; closing it deletes the copies.
 */
public final class ScanCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScanCache.class);

    private final Path folder;
    private final long limitBytes;
    private final ExecutorService fetchers;

    @GuardedBy("this")
    private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);

    @GuardedBy("this")
    private long usedBytes;

    @GuardedBy("this")
    private long nextNumber;

    /**
     * A file to be had locally.
     *
     * @param location where it is stored
     * @param length in bytes
     */
    public record Wanted(String location, long length) {}

    private static final class Entry {
        private final String location;
        private final Path path;
        private final long length;
        private final CompletableFuture<Path> fetched = new CompletableFuture<>();
        private int users;

        Entry(String location, Path path, long length) {
            this.location = location;
            this.path = path;
            this.length = length;
        }
    }

    /** Files that stay while this is open. Thread-safe. */
    public final class Lease implements AutoCloseable {
        private final Map<String, Entry> held;
        private boolean closed;

        private Lease(Map<String, Entry> held) {
            this.held = held;
        }

        /** Waits until every file is there. */
        private void await() {
            for (Entry entry : held.values()) {
                try {
                    entry.fetched.join();
                } catch (CompletionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : e;
                }
            }
        }

        /** The local copy of a file that was asked for. */
        public Path path(String location) {
            Entry entry = held.get(location);
            if (entry == null) {
                throw new IllegalArgumentException("Not part of this lease: " + location);
            }
            return entry.path;
        }

        @Override
        public void close() {
            synchronized (ScanCache.this) {
                if (!closed) {
                    closed = true;
                    held.values().forEach(entry -> entry.users--);
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

    /** The folder of the copies. */
    public Path folder() {
        return folder;
    }

    /**
     * Fetches what is missing and keeps all files until the lease is closed by the caller.
     *
     * @throws TarnException OVERLOADED if they do not fit beside those in use, NOT_FOUND if a file does not exist
     */
    public Lease acquire(FileIO io, List<Wanted> files) {
        List<Entry> missing = new ArrayList<>();
        Map<String, Entry> held = new LinkedHashMap<>();
        synchronized (this) {
            try {
                for (Wanted file : files) {
                    held.computeIfAbsent(file.location(), location -> hold(file, missing));
                }
            } catch (TarnException e) {
                held.values().forEach(entry -> entry.users--);
                missing.forEach(entry -> forget(entry, e));
                throw e;
            }
        }
        Lease lease = new Lease(held);
        try {
            missing.forEach(entry -> fetchers.execute(() -> fetch(io, entry)));
            lease.await();
            return lease;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    @Override
    public void close() {
        fetchers.shutdownNow();
        clear();
    }

    @GuardedBy("this")
    private Entry hold(Wanted file, List<Entry> missing) {
        Entry entry = entries.get(file.location());
        if (entry == null) {
            makeRoom(file);
            entry = new Entry(file.location(), folder.resolve(nextNumber++ + ".parquet"), file.length());
            usedBytes += entry.length;
            entries.put(entry.location, entry);
            missing.add(entry);
        }
        entry.users++;
        return entry;
    }

    @GuardedBy("this")
    private void makeRoom(Wanted file) {
        Iterator<Entry> oldest = entries.values().iterator();
        while (usedBytes + file.length() > limitBytes && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.users == 0) {
                oldest.remove();
                usedBytes -= entry.length;
                delete(entry.path);
            }
        }
        if (usedBytes + file.length() > limitBytes) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    ("The scan cache of %s has no room for another file of %s beside the %s in use; repeat later, select "
                                    + "fewer files, or raise engine.scan-cache-size")
                            .formatted(new DataSize(limitBytes), new DataSize(file.length()), new DataSize(usedBytes)));
        }
    }

    private synchronized void forget(Entry entry, RuntimeException reason) {
        if (entries.remove(entry.location, entry)) {
            usedBytes -= entry.length;
        }
        entry.fetched.completeExceptionally(reason);
        delete(entry.path);
    }

    private void fetch(FileIO io, Entry entry) {
        try {
            if (!link(entry)) {
                try (InputStream in =
                        io.newInputFile(entry.location, entry.length).newStream()) {
                    Files.copy(in, entry.path);
                }
            }
            entry.fetched.complete(entry.path);
        } catch (NotFoundException e) {
            forget(
                    entry,
                    new TarnException(
                            ErrorKind.NOT_FOUND, "The data file %s does not exist".formatted(entry.location), e));
        } catch (IOException e) {
            forget(entry, new UncheckedIOException("Cannot fetch " + entry.location, e));
        } catch (RuntimeException e) {
            forget(entry, e);
        }
    }

    private static boolean link(Entry entry) {
        if (!entry.location.startsWith("/") && !entry.location.startsWith("file:")) {
            return false;
        }
        try {
            Files.createLink(entry.path, LocalFileIO.toPath(entry.location).toRealPath());
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false; // Another disk: copied instead.
        }
    }

    private void clear() {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(ScanCache::delete);
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
