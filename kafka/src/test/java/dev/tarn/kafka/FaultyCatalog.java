package dev.tarn.kafka;

import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A catalog whose commits go wrong in every way there is: refused, unreachable, done with a lost answer, not done with a
 * lost answer, done much later, and the process gone before or after. Thread-safe.
 */
final class FaultyCatalog implements Catalog {
    private final Catalog catalog;
    private final Random random;
    private final int oneIn;
    private final AtomicInteger faults = new AtomicInteger();
    private final Queue<Runnable> late = new ConcurrentLinkedQueue<>();

    /** Stands for a process that is killed: nobody catches it and nothing is tidied up. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /**
     * A catalog with faults.
     *
     * @param oneIn how many commits there are for each one that goes wrong
     */
    FaultyCatalog(Catalog catalog, long seed, int oneIn) {
        this.catalog = catalog;
        this.random = new Random(seed);
        this.oneIn = oneIn;
    }

    int faults() {
        return faults.get();
    }

    @Override
    public Table loadTable(TableIdentifier identifier) {
        BaseTable table = (BaseTable) catalog.loadTable(identifier);
        return new BaseTable(new FaultyOperations(table.operations()), table.name());
    }

    @Override
    public java.util.List<TableIdentifier> listTables(Namespace namespace) {
        return catalog.listTables(namespace);
    }

    @Override
    public TableBuilder buildTable(TableIdentifier identifier, org.apache.iceberg.Schema schema) {
        return catalog.buildTable(identifier, schema);
    }

    @Override
    public boolean dropTable(TableIdentifier identifier, boolean purge) {
        return catalog.dropTable(identifier, purge);
    }

    @Override
    public void renameTable(TableIdentifier from, TableIdentifier to) {
        catalog.renameTable(from, to);
    }

    private synchronized int next(int bound) {
        return random.nextInt(bound);
    }

    private final class FaultyOperations implements TableOperations {
        private final TableOperations operations;

        FaultyOperations(TableOperations operations) {
            this.operations = operations;
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
            Runnable waiting = late.poll();
            if (waiting != null) {
                waiting.run();
            }
            if (next(oneIn) > 0) {
                operations.commit(base, metadata);
                return;
            }
            faults.incrementAndGet();
            switch (next(7)) {
                case 0 -> throw new CommitFailedException("injected: refused");
                case 1 -> throw new ServiceUnavailableException("injected: unreachable");
                case 2 -> {
                    operations.commit(base, metadata);
                    throw new CommitStateUnknownException(new IllegalStateException("injected: done, answer lost"));
                }
                case 3 -> throw new CommitStateUnknownException(new IllegalStateException("injected: not done"));
                case 4 -> {
                    late.add(() -> commitQuietly(base, metadata));
                    throw new CommitStateUnknownException(new IllegalStateException("injected: done later"));
                }
                case 5 -> throw new Killed();
                default -> {
                    operations.commit(base, metadata);
                    throw new Killed();
                }
            }
        }

        private void commitQuietly(TableMetadata base, TableMetadata metadata) {
            try {
                operations.commit(base, metadata);
            } catch (RuntimeException e) {
                // Too late: somebody else was faster.
                return;
            }
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
            return LocationProviders.locationsFor(
                    current().location(), current().properties());
        }

        @Override
        public TableOperations temp(TableMetadata uncommittedMetadata) {
            return operations.temp(uncommittedMetadata);
        }

        @Override
        public long newSnapshotId() {
            return operations.newSnapshotId();
        }
    }
}
