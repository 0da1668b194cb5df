package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.internal.FileDeleter;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.Table;

/**
 * Deletes the files of a plan that nothing refers to at that time: the table is read once more before the first is deleted.
 * Safe to overlap with writers and with itself, and to run again. Thread-safe.
 */
public final class OrphanExecutor {
    private OrphanExecutor() {}

    /**
     * Carries out a plan, however old it is.
     *
     * @throws TarnException REFUSED if the table forbids deletion; CONFLICT if another table has its name; CORRUPT or
     *     UNAVAILABLE if a file of the table cannot be read (nothing was deleted)
     */
    public static OrphanResult run(Table table, OrphanPlan plan, OrphanOptions options, MaintenanceProgress progress) {
        table.refresh();
        OrphanPlanner.refuseIfForbidden(table);
        if (!table.uuid().toString().equals(plan.tableUuid())) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s was replaced since the plan was made: expected id %s but found %s; plan again"
                            .formatted(table.name(), plan.tableUuid(), table.uuid()));
        }
        Candidates candidates = new Candidates();
        plan.files().forEach(file -> candidates.add(identity(file, options)));
        new ReferencedFiles(table)
                .forEach(location -> candidates.refer(
                        FileIdentity.of(location, options.equalSchemes(), options.equalAuthorities())));
        List<OrphanFile> going = new ArrayList<>();
        for (OrphanFile file : plan.files()) {
            FileIdentity identity = identity(file, options);
            boolean free = candidates.isUnreferenced(identity)
                    || (options.mismatch() == MismatchMode.DELETE && candidates.hasOtherPrefix(identity));
            if (free && !file.lastModified().isAfter(options.olderThan())) {
                going.add(file);
            }
        }
        long failed = new FileDeleter(table.io(), options.maxDeletesPerSecond())
                .delete(going.stream().map(OrphanFile::location).toList(), progress);
        MaintenanceStatus status = going.isEmpty()
                ? MaintenanceStatus.NOTHING_TO_DO
                : failed > 0 || !plan.isComplete() ? MaintenanceStatus.PARTIAL : MaintenanceStatus.DONE;
        return new OrphanResult(
                status,
                table.name(),
                going.size() - failed,
                going.stream().mapToLong(OrphanFile::bytes).sum(),
                plan.files().size() - going.size(),
                failed);
    }

    private static FileIdentity identity(OrphanFile file, OrphanOptions options) {
        return FileIdentity.of(file.location(), options.equalSchemes(), options.equalAuthorities());
    }
}
