package dev.tarn.catalog.warehouse;

import dev.tarn.catalog.commit.FunctionFiles;
import dev.tarn.catalog.commit.MetadataFiles;
import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.commit.ParallelWrites;
import dev.tarn.catalog.commit.ViewFiles;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.credentials.StorageAccess;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.common.DataSize;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.storage.WarehouseUri;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens warehouses when they are first used, and keeps them open while their version stays. Changes made by this server
 * show at once, those of other servers within a second. Thread-safe; whoever makes it closes it. Does not own the database.
 */
public final class OpenWarehouses implements AutoCloseable {
    /** Views and functions are small, so that this holds some thousands of each. */
    private static final DataSize OTHER_METADATA_CACHE = DataSize.ofMegabytes(16);

    /** A read of the database for every request would cost more than most answers. */
    private static final Duration MAX_AGE = Duration.ofSeconds(1);

    private static final int PAGE = 500;

    private final Parts parts;
    private final Map<String, Entry> byId = new HashMap<>();
    private final Map<String, String> idsByName = new HashMap<>();

    /**
     * What warehouses are opened with.
     *
     * @param database where they are stored
     * @param serverS3 how the store is reached of warehouses that say nothing else
     * @param delegation what clients get of warehouses that say nothing else
     * @param secrets opens their secrets
     * @param metadataCache memory for parsed metadata of one open warehouse
     * @param maxOpen warehouses that are open at once; the one that was not used for longest is closed
     * @param writes writes several metadata files at once; stays the caller's
     * @param clock tells how old credentials of clients are
     */
    public record Parts(
            CatalogDatabase database,
            S3Settings serverS3,
            DelegationSettings delegation,
            SecretBox secrets,
            DataSize metadataCache,
            int maxOpen,
            ParallelWrites writes,
            Clock clock) {}

    private static final class Entry {
        private final OpenWarehouse open;
        private long checkedAt;
        private long usedAt;

        Entry(OpenWarehouse open, long now) {
            this.open = open;
            this.checkedAt = now;
            this.usedAt = now;
        }
    }

    /** Warehouses of one server. */
    public OpenWarehouses(Parts parts) {
        this.parts = parts;
    }

    /** A warehouse by its name; the caller closes it after use. Absent if there is none. */
    public Optional<OpenWarehouse> acquire(String name) {
        Optional<OpenWarehouse> fresh = fresh(name);
        if (fresh.isPresent()) {
            return fresh;
        }
        return acquire(parts.database().warehouses().find(name));
    }

    /** A warehouse by its id; the caller closes it after use. Absent if there is none. */
    public Optional<OpenWarehouse> acquireById(String id) {
        return acquire(parts.database().warehouses().findById(id));
    }

    /** Closes what is open of a warehouse that was changed or dropped, once nobody uses it any more. */
    public void forget(String id) {
        Optional<Entry> entry;
        synchronized (this) {
            entry = Optional.ofNullable(byId.remove(id));
            idsByName.values().removeIf(id::equals);
        }
        entry.ifPresent(removed -> removed.open.close());
    }

    @Override
    public void close() {
        List<String> all;
        synchronized (this) {
            all = List.copyOf(byId.keySet());
        }
        all.forEach(this::forget);
    }

    /**
     * A warehouse that is open and was looked up a moment ago, without asking the database. For what needs nothing that it
     * holds open: the caller does not close it.
     */
    public synchronized Optional<OpenWarehouse> findInMemory(String name) {
        return freshEntry(name).map(entry -> entry.open);
    }

    private synchronized Optional<OpenWarehouse> fresh(String name) {
        return freshEntry(name).flatMap(entry -> used(entry, System.nanoTime()));
    }

    private synchronized Optional<Entry> freshEntry(String name) {
        Entry entry = byId.get(idsByName.getOrDefault(name, ""));
        return entry == null || System.nanoTime() - entry.checkedAt > MAX_AGE.toNanos()
                ? Optional.empty()
                : Optional.of(entry);
    }

    private Optional<OpenWarehouse> acquire(Optional<WarehouseRecord> record) {
        return record.flatMap(found -> {
            Optional<OpenWarehouse> same = same(found);
            return same.isPresent() ? same : replace(found);
        });
    }

    private synchronized Optional<OpenWarehouse> same(WarehouseRecord record) {
        Entry entry = byId.get(record.id());
        if (entry == null || entry.open.record().version() < record.version()) {
            return Optional.empty();
        }
        long now = System.nanoTime();
        entry.checkedAt = now;
        return used(entry, now);
    }

    private Optional<OpenWarehouse> replace(WarehouseRecord record) {
        OpenWarehouse opened = open(record);
        OpenWarehouse old = null;
        Optional<OpenWarehouse> result;
        synchronized (this) {
            Entry entry = byId.get(record.id());
            if (entry != null && entry.open.record().version() >= record.version()) {
                old = opened; // Somebody else was faster.
            } else {
                old = entry == null ? null : entry.open;
                long now = System.nanoTime();
                entry = new Entry(opened, now);
                byId.put(record.id(), entry);
                idsByName.values().removeIf(record.id()::equals);
                idsByName.put(record.name(), record.id());
            }
            result = used(entry, System.nanoTime());
        }
        if (old != null) {
            old.close();
        }
        closeIdle();
        return result;
    }

    /** The name of the warehouse at a location. Absent if there is none. */
    public Optional<String> nameAt(WarehouseUri location) {
        String after = "";
        while (true) {
            List<WarehouseRecord> page = parts.database().warehouses().list(after, PAGE);
            for (WarehouseRecord record : page) {
                if (record.location().equals(location.value())) {
                    return Optional.of(record.name());
                }
            }
            if (page.size() < PAGE) {
                return Optional.empty();
            }
            after = page.get(page.size() - 1).name();
        }
    }

    private static Optional<OpenWarehouse> used(Entry entry, long now) {
        entry.usedAt = now;
        return entry.open.acquire() ? Optional.of(entry.open) : Optional.empty();
    }

    private void closeIdle() {
        Optional<String> idle = Optional.empty();
        synchronized (this) {
            if (byId.size() > parts.maxOpen()) {
                idle = byId.entrySet().stream()
                        .min(Comparator.comparingLong(entry -> entry.getValue().usedAt))
                        .map(Map.Entry::getKey);
            }
        }
        idle.ifPresent(this::forget);
    }

    private OpenWarehouse open(WarehouseRecord record) {
        Map<String, String> clear = new HashMap<>(record.properties());
        clear.replaceAll((key, value) ->
                SecretBox.isSealed(value) ? parts.secrets().open(value, place(record.id(), key)) : value);
        WarehouseProperties properties = WarehouseProperties.read(clear);
        S3Settings s3 = properties.ownS3().orElse(parts.serverS3());
        TarnFileIO io = TarnFileIO.of(s3.fileIoProperties());
        WarehouseUri location = WarehouseUri.parse(record.location());
        return new OpenWarehouse(
                record,
                location,
                properties.policies(),
                new OpenWarehouse.Resources(
                        parts.database().warehouse(record.id()),
                        s3,
                        io,
                        new ObjectFiles(
                                new MetadataFiles(io, parts.metadataCache()),
                                new ViewFiles(io, OTHER_METADATA_CACHE),
                                new FunctionFiles(io, OTHER_METADATA_CACHE),
                                parts.writes()),
                        StorageAccess.open(location, s3, properties.delegation(parts.delegation()), parts.clock())));
    }

    /** Where a secret belongs: a sealed one that is copied to another place cannot be opened there. */
    static String place(String warehouseId, String key) {
        return "warehouse %s, property %s".formatted(warehouseId, key);
    }
}
