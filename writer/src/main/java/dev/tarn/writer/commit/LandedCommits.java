package dev.tarn.writer.commit;

import java.util.Objects;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks twice at a conflict: a request that was repeated on its way, by a client or a proxy, conflicts with itself, and what
 * was answered as failed has happened. Iceberg would try again, find its own files in its way and delete manifests that the
 * table needs. As thread-safe as the operations behind it.
 */
public final class LandedCommits implements TableOperations {
    private static final Logger LOG = LoggerFactory.getLogger(LandedCommits.class);

    private final TableOperations operations;

    private LandedCommits(TableOperations operations) {
        this.operations = operations;
    }

    /**
     * The same table, whose conflicts are looked at twice. What one of the two learns of the table, the other knows; a table of
     * unknown make stays as it is.
     */
    public static Table guard(Table table) {
        if (table instanceof BaseTable base && !(base.operations() instanceof LandedCommits)) {
            return new BaseTable(new LandedCommits(base.operations()), base.name(), base.reporter());
        }
        return table;
    }

    @Override
    public TableMetadata current() {
        return operations.current();
    }

    @Override
    public TableMetadata refresh() {
        return operations.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
        try {
            operations.commit(base, metadata);
        } catch (CommitFailedException e) {
            if (!hasLanded(base, metadata)) {
                throw e;
            }
            LOG.info("A commit to {} has happened although it was answered as a conflict", metadata.location());
        }
    }

    /** Whether the table has a snapshot that only this commit can have brought. */
    private boolean hasLanded(TableMetadata base, TableMetadata metadata) {
        TableMetadata found = operations.refresh();
        for (Snapshot snapshot : metadata.snapshots()) {
            boolean isNew = base.snapshot(snapshot.snapshotId()) == null;
            Snapshot same = isNew ? found.snapshot(snapshot.snapshotId()) : null;
            // Another writer may draw the same id, but not the same list of manifests.
            if (same != null && Objects.equals(same.manifestListLocation(), snapshot.manifestListLocation())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public FileIO io() {
        return operations.io();
    }

    @Override
    public EncryptionManager encryption() {
        return operations.encryption();
    }

    @Override
    public String metadataFileLocation(String fileName) {
        return operations.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
        return operations.locationProvider();
    }

    @Override
    public TableOperations temp(TableMetadata uncommitted) {
        return operations.temp(uncommitted);
    }

    @Override
    public long newSnapshotId() {
        return operations.newSnapshotId();
    }

    @Override
    public boolean requireStrictCleanup() {
        return operations.requireStrictCleanup();
    }
}
