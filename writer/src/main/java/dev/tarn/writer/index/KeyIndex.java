package dev.tarn.writer.index;

import dev.tarn.common.Closer;
import dev.tarn.common.DataSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each key of a table is, in a local folder: sorted files of key hashes with a data file and a position, bound to one
 * table, branch, key and snapshot. It follows the table by the data files that come and go; deletes are not recorded, as
 * whoever finds a row looks at them anyway. A damaged or foreign index, or one of a snapshot that the branch has left, is
 * made anew. One process uses it at a time. Confined to one thread; whoever opens it closes it.
 */
public final class KeyIndex implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyIndex.class);

    /** Long enough for another call to commit; who waits longer is faster without the index. */
    private static final Duration LOCK_WAIT = Duration.ofSeconds(10);

    private static final Duration LOCK_PAUSE = Duration.ofMillis(20);

    /** Where many entries belong to files that are gone, all is written again without them. */
    private static final int MIN_FILES_TO_COMPACT = 16;

    private final Path folder;
    private final String owner;
    private final Table table;
    private final KeyColumns columns;
    private final int bufferEntries;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final IndexRuns runs;
    private final List<String> files = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet live = new BitSet();
    private long snapshotId = -1;
    private boolean complete;

    /** Gets every row found. */
    @FunctionalInterface
    public interface Found {
        /** A row with one of the keys; it may be deleted. */
        void at(String location, long position);
    }

    /** The rows that a commit has put in the place of all others with their keys. */
    @FunctionalInterface
    public interface NewRows {
        /** Tells all of them. */
        void forEach(NewRow consumer);
    }

    /** Gets every new row. */
    @FunctionalInterface
    public interface NewRow {
        /** The newest row of a key. */
        void at(int key, String location, long position);
    }

    private KeyIndex(
            Path folder,
            String owner,
            Table table,
            KeyColumns columns,
            DataSize memory,
            FileChannel lockFile,
            FileLock lock) {
        this.folder = folder;
        this.owner = owner;
        this.table = table;
        this.columns = columns;
        this.bufferEntries = (int) Math.max(1_024, Math.min(1 << 24, memory.bytes() / IndexEntries.BYTES_PER_ENTRY));
        this.lockFile = lockFile;
        this.lock = lock;
        this.runs = new IndexRuns(folder);
    }

    /**
     * Opens the index of a table, which may be empty.
     *
     * @param parent folder for the indexes of any tables; created if it is not there
     * @param memory for sorting keys that are added
     * @return empty if another call uses the index for longer than a few seconds, or the folder cannot be used; the reason is
     *     logged
     */
    public static Optional<KeyIndex> open(
            Path parent, Table table, String branch, KeyColumns columns, DataSize memory) {
        String owner = table.uuid() + " " + branch + " " + columns.describe();
        Path folder = parent.resolve(table.uuid().toString())
                .resolve(UUID.nameUUIDFromBytes(owner.getBytes(StandardCharsets.UTF_8))
                        .toString());
        try {
            Files.createDirectories(folder);
            FileChannel lockFile =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            Optional<FileLock> lock = lock(lockFile);
            if (lock.isEmpty()) {
                lockFile.close();
                LOG.info("The key index of table {} is in use; reading key columns instead", table.name());
                return Optional.empty();
            }
            KeyIndex index = new KeyIndex(folder, owner, table, columns, memory, lockFile, lock.get());
            index.load();
            return Optional.of(index);
        } catch (IOException e) {
            LOG.warn("The key index of table {} cannot be used; reading key columns instead", table.name(), e);
            return Optional.empty();
        }
    }

    /** Whether the index knows all data files of a snapshot, so that it need not {@link #follow}. */
    public boolean isAt(Snapshot snapshot) {
        return complete && snapshotId == snapshot.snapshotId();
    }

    /**
     * Brings the index to a snapshot: reads the keys of data files that it does not know and forgets those that are gone.
     *
     * @param tasks all data files of the snapshot
     * @throws IOException if the folder fails; the index is of no use then
     */
    public void follow(Snapshot snapshot, List<FileScanTask> tasks) throws IOException {
        if (snapshotId != -1 && !SnapshotUtil.isAncestorOf(snapshot.snapshotId(), snapshotId, table::snapshot)) {
            LOG.info("The key index of table {} is of a snapshot that is no ancestor; making it anew", table.name());
            clear();
        }
        Set<String> present = new HashSet<>();
        tasks.forEach(task -> present.add(task.file().location()));
        int gone = 0;
        for (int number = live.nextSetBit(0); number >= 0; number = live.nextSetBit(number + 1)) {
            if (!present.contains(files.get(number))) {
                live.clear(number);
                numbers.remove(files.get(number));
                files.set(number, "");
                gone++;
            }
        }
        addFiles(tasks.stream()
                .filter(task -> !numbers.containsKey(task.file().location()))
                .toList());
        if (gone > 0 && files.size() >= MIN_FILES_TO_COMPACT && live.cardinality() < files.size() / 2) {
            runs.mergeAll(live);
        }
        snapshotId = snapshot.snapshotId();
        complete = true;
        save();
    }

    /**
     * Finds the rows that have one of the keys.
     *
     * @throws IOException if a file is damaged or cannot be read
     */
    public void find(PendingKeys keys, Found found) throws IOException {
        runs.find(keys, live, (file, position) -> found.at(files.get(file), position));
    }

    /**
     * Adds the rows of a commit that has removed all others with their keys.
     *
     * @param allFiles whether the commit has added no data files but those of these rows
     * @throws IOException if the folder fails; the index is of no use then
     */
    public void committed(Snapshot snapshot, PendingKeys keys, NewRows rows, boolean allFiles) throws IOException {
        Long parent = snapshot.parentId();
        boolean knewAll = parent == null ? files.isEmpty() : complete && parent == snapshotId;
        IndexEntries entries = new IndexEntries(Math.min(bufferEntries, Math.max(1, keys.size())));
        try {
            rows.forEach((key, location, position) -> {
                entries.add(keys.high(key), keys.low(key), IndexRuns.replacing(number(location), position));
                if (entries.isFull()) {
                    flush(entries);
                }
            });
            flush(entries);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        snapshotId = snapshot.snapshotId();
        complete = knewAll && allFiles;
        save();
    }

    /** Forgets everything, on disk too. */
    public void clear() throws IOException {
        runs.close();
        files.clear();
        numbers.clear();
        live.clear();
        snapshotId = -1;
        complete = false;
        Files.deleteIfExists(folder.resolve(IndexManifest.NAME));
        deleteUnusedRuns();
    }

    /** Keys that the index holds, those of rows that are gone included. */
    public long entries() {
        return runs.entries();
    }

    @Override
    public void close() {
        try (Closer closer = new Closer()) {
            closer.register(() -> unlock(lock, lockFile));
            closer.register(runs);
        }
    }

    private static void unlock(FileLock lock, FileChannel lockFile) {
        try (lockFile) {
            lock.release();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot release the lock of a key index", e);
        }
    }

    private static Optional<FileLock> lock(FileChannel lockFile) throws IOException {
        long end = System.nanoTime() + LOCK_WAIT.toNanos();
        while (true) {
            FileLock lock = tryLock(lockFile);
            if (lock != null) {
                return Optional.of(lock);
            }
            if (System.nanoTime() > end) {
                return Optional.empty();
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOCK_PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    @SuppressWarnings("NullAway") // Null says that another process has the lock.
    private static FileLock tryLock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
            return null;
        }
    }

    private void load() throws IOException {
        if (!Files.exists(folder.resolve(IndexManifest.NAME))) {
            deleteUnusedRuns();
            return;
        }
        try {
            IndexManifest manifest = IndexManifest.read(folder, owner);
            runs.open(manifest.runs());
            for (String location : manifest.files()) {
                if (!location.isEmpty()) {
                    live.set(files.size());
                    numbers.put(location, files.size());
                }
                files.add(location);
            }
            snapshotId = manifest.snapshotId();
            complete = manifest.complete();
            deleteUnusedRuns();
        } catch (IOException | RuntimeException e) {
            LOG.warn("The key index of table {} is damaged; making it anew", table.name(), e);
            clear();
        }
    }

    private void addFiles(List<FileScanTask> tasks) throws IOException {
        if (tasks.isEmpty()) {
            return;
        }
        long rows = tasks.stream().mapToLong(task -> task.file().recordCount()).sum();
        IndexEntries entries = new IndexEntries((int) Math.max(1, Math.min(bufferEntries, rows)));
        FileKeys keys = new FileKeys(table, columns, Expressions.alwaysTrue());
        try {
            for (FileScanTask task : tasks) {
                int number = number(task.file().location());
                keys.forEach(task, (high, low, position) -> {
                    entries.add(high, low, IndexRuns.place(number, position));
                    if (entries.isFull()) {
                        flush(entries);
                    }
                });
            }
            flush(entries);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void flush(IndexEntries entries) {
        try {
            runs.add(entries, live);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        entries.clear();
    }

    private int number(String location) {
        Integer known = numbers.get(location);
        if (known != null) {
            return known;
        }
        int number = files.size();
        if (number >= IndexRuns.MAX_FILES) {
            throw new UncheckedIOException(new IOException(
                    "The key index of table %s has seen %d data files".formatted(table.name(), number)));
        }
        files.add(location);
        numbers.put(location, number);
        live.set(number);
        return number;
    }

    private void save() throws IOException {
        new IndexManifest(owner, snapshotId, complete, files, runs.summaries()).write(folder);
        deleteUnusedRuns();
    }

    private void deleteUnusedRuns() throws IOException {
        Set<String> used = new HashSet<>();
        runs.summaries().forEach(run -> used.add(run.name()));
        try (Stream<Path> found = Files.list(folder)) {
            for (Path file : found.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.startsWith("run-") && !used.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
