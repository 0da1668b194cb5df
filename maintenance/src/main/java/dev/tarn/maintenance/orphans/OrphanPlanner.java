package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.expire.TableFile;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Finds files that nothing refers to. Lists first and reads the table afterwards, so that what was committed meanwhile is
 * known; keeps everything that it is not sure of. Changes nothing. Used once.
 */
public final class OrphanPlanner {
    /** Files after which the listing tells how far it is. */
    private static final int REPORT_EVERY = 10_000;

    private final Table table;
    private final OrphanOptions options;
    private final MaintenanceProgress progress;
    private final Candidates candidates = new Candidates();
    private final Set<String> otherTables = new TreeSet<>();
    private final Set<FileIdentity> waiting = new HashSet<>();
    private final List<OrphanFile> orphans = new ArrayList<>();
    private long listed;
    private long young;
    private long unknownAge;
    private long hidden;
    private long ofOtherTables;
    private long otherPrefix;
    private long waitingFiles;
    private long unreadable;
    private boolean isComplete = true;

    private OrphanPlanner(Table table, OrphanOptions options, MaintenanceProgress progress) {
        this.table = table;
        this.options = options;
        this.progress = progress;
    }

    /**
     * The plan for a table.
     *
     * @param inGrace files that an expiry will delete after its grace period, and nobody before
     * @throws TarnException REFUSED if the table forbids deletion, a location is not the table's, a file is referred to by
     *     another scheme or authority, or metadata of another table lie among its own; CORRUPT or UNAVAILABLE if a file of
     *     the table cannot be read
     */
    public static OrphanPlan plan(
            Table table, OrphanOptions options, Collection<TableFile> inGrace, MaintenanceProgress progress) {
        refuseIfForbidden(table);
        return new OrphanPlanner(table, options, progress).plan(inGrace);
    }

    static void refuseIfForbidden(Table table) {
        if (!PropertyUtil.propertyAsBoolean(
                table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Cannot delete orphan files of %s: its property %s is false, because its files may belong to another table; set it to true if they do not"
                            .formatted(table.name(), TableProperties.GC_ENABLED));
        }
    }

    private OrphanPlan plan(Collection<TableFile> inGrace) {
        inGrace.forEach(file -> waiting.add(identity(file.location())));
        TableLocations locations = TableLocations.of(table, options.locations());
        try (ListedFiles files = new ListedFiles()) {
            list(locations, files);
            table.refresh();
            new ReferencedFiles(table).forEach(location -> candidates.refer(identity(location)));
            files.forEach(this::judge);
        }
        return new OrphanPlan(
                table.name(),
                table.uuid().toString(),
                orphans,
                listed,
                new OrphanPlan.Kept(young, unknownAge, hidden, ofOtherTables, otherPrefix, waitingFiles, unreadable),
                isComplete);
    }

    private void list(TableLocations locations, ListedFiles files) {
        try (DataOutputStream out = files.open()) {
            for (String root : locations.roots()) {
                if (options.listing().isEmpty()) {
                    ListedFiles.ofStore(table, root, file -> add(locations, root, file, out));
                }
            }
            options.listing()
                    .ifPresent(list -> ListedFiles.ofList(
                            list,
                            file -> locations.roots().stream()
                                    .filter(root -> file.location().startsWith(root))
                                    .findFirst()
                                    .ifPresent(root -> add(locations, root, file, out))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the temporary list of files", e);
        }
    }

    private void add(TableLocations locations, String root, FileInfo file, DataOutputStream out) {
        if (++listed % REPORT_EVERY == 0) {
            progress.report("files listed", listed, 0);
        }
        MetadataOwner.tableFolder(file.location())
                .filter(folder -> !identity(folder).equals(identity(TableLocations.folder(table.location()))))
                .ifPresent(otherTables::add);
        if (locations.isHidden(root, file.location())) {
            hidden++;
        } else if (file.createdAtMillis() <= 0) {
            unknownAge++;
        } else if (file.createdAtMillis() >= options.olderThan().toEpochMilli()) {
            young++;
        } else {
            candidates.add(identity(file.location()));
            ListedFiles.write(out, file);
        }
    }

    private void judge(OrphanFile file) {
        FileIdentity identity = identity(file.location());
        if (candidates.hasOtherPrefix(identity) && options.mismatch() != MismatchMode.DELETE) {
            refuseOtherPrefix(file);
            otherPrefix++;
        } else if (!candidates.isUnreferenced(identity) && !candidates.hasOtherPrefix(identity)) {
            return;
        } else if (waiting.contains(identity)) {
            waitingFiles++;
        } else if (otherTables.stream().anyMatch(file.location()::startsWith)) {
            ofOtherTables++;
        } else if (MetadataOwner.isMetadata(file.location()) && !isOwnMetadata(file)) {
            unreadable++;
        } else if (orphans.size() >= options.maxFiles()) {
            isComplete = false;
        } else {
            orphans.add(file);
        }
    }

    private void refuseOtherPrefix(OrphanFile file) {
        if (options.mismatch() == MismatchMode.ERROR) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Table %s refers to %s by another scheme or authority: say with equal-schemes or equal-authorities which mean the same, or set prefix-mismatch-mode to ignore"
                            .formatted(table.name(), file.location()));
        }
    }

    /** Refuses the run if the file belongs to another table at the same place. */
    private boolean isOwnMetadata(OrphanFile file) {
        String uuid = MetadataOwner.uuid(table.io(), file.location()).orElse("");
        if (!uuid.isEmpty() && !uuid.equals(table.uuid().toString())) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "%s belongs to the table with id %s, not to %s with id %s: a dropped table lies at the same place; purge or move it first"
                            .formatted(file.location(), uuid, table.name(), table.uuid()));
        }
        return !uuid.isEmpty();
    }

    private FileIdentity identity(String location) {
        return FileIdentity.of(location, options.equalSchemes(), options.equalAuthorities());
    }
}
