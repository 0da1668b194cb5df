package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryContext;
import dev.tarn.flight.engine.QueryEngine;
import dev.tarn.flight.scan.CatalogAccess;
import dev.tarn.flight.scan.StatementAnalysis;
import dev.tarn.flight.scan.StatementScan;
import dev.tarn.flight.scan.cache.ScanCache;
import dev.tarn.flight.worker.EngineFailure;
import dev.tarn.flight.worker.EngineWorker;
import dev.tarn.flight.worker.WorkerSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * Queries over Iceberg tables by DuckDB in a supervised worker process. Iceberg plans, Java fetches, DuckDB reads local
 * copies and nothing else. Thread-safe; closing it cancels what runs and ends the process.
 */
public final class DuckDbQueryEngine implements QueryEngine {
    /** Describing moves schemas only. */
    private static final long DESCRIBE_MEMORY_BYTES = 16L * 1024 * 1024;

    private final DuckDbEngineSettings settings;
    private final CatalogAccess catalogs;
    private final EngineWorker worker;
    private final ScanCache cache;
    private final Semaphore permits;
    private final BufferAllocator describeAllocator = new RootAllocator(DESCRIBE_MEMORY_BYTES);
    private final AtomicLong deleteSets = new AtomicLong();
    private final Set<DuckDbExecution> running = ConcurrentHashMap.newKeySet();
    private final Counter started;
    private final Counter refused;

    private DuckDbQueryEngine(
            DuckDbEngineSettings settings,
            CatalogAccess catalogs,
            EngineWorker worker,
            ScanCache cache,
            MeterRegistry metrics) {
        this.settings = settings;
        this.catalogs = catalogs;
        this.worker = worker;
        this.cache = cache;
        this.permits = new Semaphore(settings.maxConcurrentQueries());
        this.started = metrics.counter("tarn.engine.statements.started");
        this.refused = metrics.counter("tarn.engine.statements.refused");
        metrics.gauge("tarn.engine.statements.running", running, Set::size);
        metrics.gauge("tarn.engine.scan.cache.bytes", cache, ScanCache::usedBytes);
    }

    /**
     * Starts the engine; its process comes up in the background. The caller closes the engine, not the catalogs.
     *
     * @param workFolder for local copies of files and spilled data; what is in there is deleted
     */
    public static DuckDbQueryEngine start(
            DuckDbEngineSettings settings, Path workFolder, CatalogAccess catalogs, MeterRegistry metrics) {
        try {
            Path spill = Files.createDirectories(workFolder.resolve("spill")).toRealPath();
            Path scan = Files.createDirectories(workFolder.resolve("scan")).toRealPath();
            ScanCache cache = new ScanCache(scan, settings.scanCacheSize(), settings.parallelFetches());
            EngineWorker worker = EngineWorker.start(
                    new WorkerSettings(scan, spill, settings.memoryLimit(), settings.threads(), settings.tempLimit()));
            return new DuckDbQueryEngine(settings, catalogs, worker, cache, metrics);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare the engine's folder " + workFolder, e);
        }
    }

    @Override
    public String name() {
        return "duckdb";
    }

    @Override
    public PreparedQuery prepare(String sql, QueryContext context) {
        try {
            StatementAnalysis analysis = StatementAnalysis.of(sql, worker::parse);
            StatementScan scan = StatementScan.pin(
                    analysis, catalogs.as(context.caller()), catalogs.catalogName(), context.defaultNamespace());
            EngineWorker.Described described = worker.describe(scan.bindable(), describeAllocator);
            return new DuckDbPreparedQuery(this, sql, scan, described);
        } catch (EngineFailure e) {
            throw EngineErrors.translate(e);
        }
    }

    @Override
    public ReadinessCheck readiness() {
        return new ReadinessCheck() {
            @Override
            public String name() {
                return "query engine";
            }

            @Override
            public Optional<String> problem() {
                return worker.problem();
            }
        };
    }

    @Override
    public void close() {
        running.forEach(DuckDbExecution::cancel);
        try (Closer closer = new Closer()) {
            closer.register(describeAllocator);
            closer.register(cache);
            closer.register(worker);
        }
    }

    /** The worker process, for tests that end it. */
    OptionalLong workerPid() {
        return worker.pid();
    }

    /** Bytes of local copies, for tests of what is fetched. */
    long cachedBytes() {
        return cache.usedBytes();
    }

    DuckDbEngineSettings settings() {
        return settings;
    }

    EngineWorker worker() {
        return worker;
    }

    StatementScan.Fetched read(StatementScan scan) {
        return scan.read(cache, deleteSets::incrementAndGet);
    }

    void admit() {
        if (!permits.tryAcquire()) {
            refused.increment();
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "The engine runs %d statements, which is its limit; repeat later or raise engine.max-concurrent-queries"
                            .formatted(settings.maxConcurrentQueries()));
        }
        started.increment();
    }

    void leave() {
        permits.release();
    }

    void add(DuckDbExecution execution) {
        running.add(execution);
    }

    void remove(DuckDbExecution execution) {
        running.remove(execution);
    }
}
