package dev.tarn.catalog.planning;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NamedThreads;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.iceberg.io.FileIO;

/**
 * What the planning of all warehouses of a server shares: threads, the cache of decoded manifests, and the key of the
 * tokens. Thread-safe; whoever opens it closes it.
 */
public final class PlanningEngine implements AutoCloseable {
    private static final String KEY_FILE = "planning.key";
    private static final int KEY_BYTES = 32;

    /** Plans that wait for a thread, per thread; beyond that clients are asked to come back. */
    private static final int QUEUED_PER_THREAD = 64;

    private final PlanningSettings settings;
    private final Closer closer = new Closer();
    private final Executor planners;
    private final Executor background;
    private final ManifestCache cache;
    private final PlanTokens tokens;
    private final Clock clock;

    private PlanningEngine(PlanningSettings settings, byte[] key, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.planners = pool(
                "scan-planner", settings.threads(), new ArrayBlockingQueue<>(settings.threads() * QUEUED_PER_THREAD));
        this.background =
                pool("scan-planner-async", settings.threads(), new ArrayBlockingQueue<>(settings.maxAsyncPlans()));
        // The queue needs no limit of its own: every plan has a bounded number of manifests in it.
        int cores = Math.max(2, Runtime.getRuntime().availableProcessors());
        this.cache = new ManifestCache(
                settings.cache(), settings.maxManifest(), pool("manifest-decoder", cores, new LinkedBlockingQueue<>()));
        this.tokens = new PlanTokens(key, settings.tokenLifetime(), clock);
    }

    /**
     * Starts the threads.
     *
     * @param dataFolder where the key of this server is kept, unless the settings name one
     * @throws TarnException INVALID if the key can be neither read nor made
     */
    public static PlanningEngine open(PlanningSettings settings, Path dataFolder, Clock clock) {
        return new PlanningEngine(settings, settings.configuredKey().orElseGet(() -> ownKey(dataFolder)), clock);
    }

    /**
     * The planning of one warehouse.
     *
     * @param warehouse its id
     * @param io reads its files; stays the caller's
     * @param allowed whether a location lies within it
     */
    public PlanService warehouse(String warehouse, FileIO io, Predicate<String> allowed) {
        ScanPlanner planner = new ScanPlanner(io, cache, allowed, settings.tasksPerAnswer());
        return new PlanService(warehouse, planner, tokens, settings, planners, background, clock);
    }

    /** The decoded manifests. */
    public ManifestCache cache() {
        return cache;
    }

    @Override
    public void close() {
        closer.close();
    }

    private ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, queue, new NamedThreads(name));
        pool.allowCoreThreadTimeOut(true); // Servers that plan nothing keep no threads for it.
        closer.register(pool::shutdownNow);
        return pool;
    }

    /** Reads the key, or makes it so that two servers that start at once end up with the same one. */
    private static byte[] ownKey(Path dataFolder) {
        Path file = dataFolder.resolve(KEY_FILE);
        try {
            Files.createDirectories(dataFolder);
            if (!Files.exists(file)) {
                create(file);
            }
            byte[] key = Files.readAllBytes(file);
            if (key.length != KEY_BYTES) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The key file %s must have %d bytes but has %d; delete it, and plans start anew"
                                .formatted(file, KEY_BYTES, key.length));
            }
            return key;
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Cannot read or make the key file %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static void create(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path folder = file.toAbsolutePath().getParent();
        boolean posix = folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix");
        Path fresh = posix
                ? Files.createTempFile(
                        folder,
                        KEY_FILE,
                        ".tmp",
                        PosixFilePermissions.asFileAttribute(Set.copyOf(PosixFilePermissions.fromString("rw-------"))))
                : Files.createTempFile(folder, KEY_FILE, ".tmp");
        try {
            Files.write(fresh, key);
            try {
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException e) {
                return; // Another server was first; its key is read.
            } catch (UnsupportedOperationException e) {
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
