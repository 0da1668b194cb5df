package dev.tarn.maintenance.migrate;

import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a migration plan says. One object that cannot be registered is reported and the others go on; running the
 * same migration again does what is missing. Not thread-safe.
 */
public final class CatalogMigrationExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogMigrationExecutor.class);

    /** Executes plans. */
    public CatalogMigrationExecutor() {}

    /** Changes the target as planned. The source is not touched. */
    public MigrationResult run(CatalogEnd target, MigrationPlan plan, MaintenanceProgress progress) {
        Map<MigrationAction, Long> done = new EnumMap<>(MigrationAction.class);
        List<MigrationItem> unfinished = new ArrayList<>();
        int seen = 0;
        for (MigrationItem item : plan.items()) {
            Optional<String> problem = attempt(target, item);
            if (problem.isPresent()) {
                unfinished.add(item.failed(problem.get()));
            } else {
                done.merge(item.action(), 1L, Long::sum);
            }
            progress.report("objects", ++seen, plan.items().size());
        }
        long created = done.getOrDefault(MigrationAction.CREATE, 0L);
        long registered = done.getOrDefault(MigrationAction.REGISTER, 0L);
        long advanced = done.getOrDefault(MigrationAction.ADVANCE, 0L);
        MaintenanceStatus status = unfinished.isEmpty() ? MaintenanceStatus.DONE : MaintenanceStatus.PARTIAL;
        if (status == MaintenanceStatus.DONE && created + registered + advanced == 0) {
            status = MaintenanceStatus.NOTHING_TO_DO;
        }
        return new MigrationResult(
                status, created, registered, advanced, done.getOrDefault(MigrationAction.PRESENT, 0L), unfinished);
    }

    /** Why the item could not be done, absent if it was. */
    private static Optional<String> attempt(CatalogEnd target, MigrationItem item) {
        if (item.action() == MigrationAction.DIFFERS) {
            return Optional.of(item.note());
        }
        try {
            act(target, item);
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.debug("Cannot migrate {}", item.fullName(), e);
            String reason =
                    Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
            return Optional.of(reason.lines().findFirst().orElse(reason));
        }
    }

    private static void act(CatalogEnd target, MigrationItem item) {
        switch (item.action()) {
            case CREATE -> target.create(item.levels(), item.properties());
            case REGISTER -> {
                if (item.kind() == MigratedKind.VIEW) {
                    target.registerView(item.identifier(), item.metadataLocation());
                } else {
                    target.registerTable(item.identifier(), item.metadataLocation());
                }
            }
            case ADVANCE -> target.advanceTable(item.identifier(), item.metadataLocation());
            case PRESENT, DIFFERS -> {}
        }
    }
}
