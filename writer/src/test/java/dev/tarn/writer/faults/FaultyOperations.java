package dev.tarn.writer.faults;

import dev.tarn.writer.faults.FaultPlan.Fault;
import java.util.Optional;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * A catalog's answers that get lost, come late, or are errors: before the commit took effect, after it, or with the request
 * still on its way while the next ones are answered. Thread-safe.
 */
final class FaultyOperations implements TableOperations {
    private final TableOperations operations;
    private final FaultPlan plan;
    private final FaultyFileIO io;
    private int refreshesUntilLanding = -1;
    private Optional<Runnable> onItsWay = Optional.empty();
    private boolean lied;

    FaultyOperations(TableOperations operations, FaultPlan plan) {
        this.operations = operations;
        this.plan = plan;
        this.io = new FaultyFileIO(operations.io(), plan);
    }

    @Override
    public synchronized TableMetadata current() {
        return operations.current();
    }

    @Override
    public synchronized TableMetadata refresh() {
        landWhenDue();
        plan.at(0.5, Fault.REFRESH_UNAVAILABLE).ifPresent(fault -> {
            throw new RESTException("injected: 503 on load");
        });
        return operations.refresh();
    }

    @Override
    public synchronized void commit(TableMetadata base, TableMetadata metadata) {
        Optional<Fault> fault = plan.at(
                4,
                Fault.COMMIT_409_BEFORE,
                Fault.COMMIT_429_BEFORE,
                Fault.COMMIT_500_BEFORE,
                Fault.COMMIT_TIMEOUT_BEFORE,
                Fault.COMMIT_409_AFTER,
                Fault.COMMIT_500_AFTER,
                Fault.COMMIT_TIMEOUT_AFTER,
                Fault.COMMIT_LANDS_LATER);
        if (fault.isEmpty()) {
            operations.commit(base, metadata);
            lied = false;
            return;
        }
        fail(fault.get(), base, metadata);
    }

    private void fail(Fault fault, TableMetadata base, TableMetadata metadata) {
        switch (fault) {
            case COMMIT_409_BEFORE -> throw new CommitFailedException("injected: 409");
            case COMMIT_429_BEFORE -> throw new RESTException("injected: 429");
            case COMMIT_500_BEFORE -> throw unknown("500");
            case COMMIT_TIMEOUT_BEFORE -> throw new RESTException("injected: timeout");
            case COMMIT_409_AFTER -> {
                // A client that repeats a lost request by itself gets this; it does so once, not for ever.
                operations.commit(base, metadata);
                if (!lied) {
                    lied = true;
                    throw new CommitFailedException("injected: 409 for a repeated request");
                }
            }
            case COMMIT_500_AFTER -> {
                operations.commit(base, metadata);
                throw unknown("500");
            }
            case COMMIT_TIMEOUT_AFTER -> {
                operations.commit(base, metadata);
                throw new RESTException("injected: timeout");
            }
            case COMMIT_LANDS_LATER -> {
                refreshesUntilLanding = plan.between(1, 4);
                onItsWay = Optional.of(() -> operations.commit(base, metadata));
                throw new RESTException("injected: timeout, on its way");
            }
            default -> throw new IllegalStateException("Not a fault of commits: " + fault);
        }
    }

    private void landWhenDue() {
        if (onItsWay.isEmpty() || --refreshesUntilLanding > 0) {
            return;
        }
        Runnable landing = onItsWay.get();
        onItsWay = Optional.empty();
        try {
            landing.run();
        } catch (CommitFailedException e) {
            // Somebody else was faster: the late request is refused, as the catalog promises.
        }
    }

    private static CommitStateUnknownException unknown(String status) {
        return new CommitStateUnknownException(new RESTException("injected: %s", status));
    }

    @Override
    public FaultyFileIO io() {
        return io;
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
        TableOperations temporary = operations.temp(uncommitted);
        return new TableOperations() {
            @Override
            public TableMetadata current() {
                return temporary.current();
            }

            @Override
            public TableMetadata refresh() {
                return temporary.refresh();
            }

            @Override
            public void commit(TableMetadata base, TableMetadata metadata) {
                temporary.commit(base, metadata);
            }

            @Override
            public FileIO io() {
                return io;
            }

            @Override
            public String metadataFileLocation(String fileName) {
                return temporary.metadataFileLocation(fileName);
            }

            @Override
            public LocationProvider locationProvider() {
                return LocationProviders.locationsFor(uncommitted.location(), uncommitted.properties());
            }
        };
    }
}
