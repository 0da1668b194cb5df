package dev.tarn.catalog.warehouse;

import dev.tarn.catalog.commit.ObjectFiles;
import dev.tarn.catalog.credentials.StorageAccess;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.common.Closer;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.TarnFileIO;
import dev.tarn.storage.WarehouseUri;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One version of a warehouse with everything that is open for it. Shared by all who use it, each of whom closes it once;
 * what it holds is closed when it was replaced and the last of them is done. Thread-safe.
 */
public final class OpenWarehouse implements AutoCloseable {
    private final WarehouseRecord record;
    private final WarehouseUri location;
    private final WarehousePolicies policies;
    private final Resources resources;
    private int users = 1;
    private @Nullable Object attachment;

    /**
     * What is open for a warehouse.
     *
     * @param store its objects
     * @param s3 how its store is reached
     * @param io its files; closed with the warehouse
     * @param files its metadata files
     * @param storage gives clients access to the files of its tables; closed with the warehouse
     */
    record Resources(CatalogStore store, S3Settings s3, TarnFileIO io, ObjectFiles files, StorageAccess storage) {}

    OpenWarehouse(WarehouseRecord record, WarehouseUri location, WarehousePolicies policies, Resources resources) {
        this.record = record;
        this.location = location;
        this.policies = policies;
        this.resources = resources;
    }

    /** As stored, secrets sealed. */
    public WarehouseRecord record() {
        return record;
    }

    /** Where its tables live. */
    public WarehouseUri location() {
        return location;
    }

    /** How its objects live and end. */
    public WarehousePolicies policies() {
        return policies;
    }

    /** Its objects. */
    public CatalogStore store() {
        return resources.store();
    }

    /** How its store is reached. */
    public S3Settings s3() {
        return resources.s3();
    }

    /** Its files; not to be closed by users. */
    public TarnFileIO io() {
        return resources.io();
    }

    /** Gives clients access to the files of its tables; not to be closed by users. */
    public StorageAccess storage() {
        return resources.storage();
    }

    /** Its metadata files. */
    public ObjectFiles files() {
        return resources.files();
    }

    /**
     * What somebody keeps with this version of the warehouse, made when it is first asked for.
     *
     * @param type there is one attachment, and so one type
     */
    public synchronized <T> T attachment(Class<T> type, Function<OpenWarehouse, T> maker) {
        T attached = type.cast(attachment);
        if (attached == null) {
            attached = maker.apply(this);
            attachment = attached;
        }
        return attached;
    }

    /** What is kept already; absent if nothing is. Never makes anything, and so never waits for long. */
    public synchronized <T> Optional<T> attached(Class<T> type) {
        return Optional.ofNullable(type.cast(attachment));
    }

    /** False if it is closed already; otherwise the caller uses it and closes it once. */
    synchronized boolean acquire() {
        if (users == 0) {
            return false;
        }
        users++;
        return true;
    }

    /** Ends one use. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            if (users == 0) {
                throw new IllegalStateException(
                        "Warehouse '%s' was closed more often than it was used".formatted(record.name()));
            }
            users--;
            last = users == 0;
        }
        if (last) {
            try (Closer closer = new Closer()) {
                closer.register(resources.io());
                closer.register(resources.storage());
            }
        }
    }
}
