package dev.tarn.maintenance.migrate;

import dev.tarn.maintenance.MaintenanceProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * Compares two catalogs and says what would make the target hold everything that the source holds. Reads both, changes
 * neither. Not thread-safe.
 */
public final class CatalogMigrationPlanner {
    private final CatalogEnd source;
    private final CatalogEnd target;
    private final MaintenanceProgress progress;
    private final List<MigrationItem> items = new ArrayList<>();

    private CatalogMigrationPlanner(CatalogEnd source, CatalogEnd target, MaintenanceProgress progress) {
        this.source = source;
        this.target = target;
        this.progress = progress;
    }

    /**
     * The plan for everything at or below a namespace.
     *
     * @param root where to begin; the empty namespace for all
     * @throws org.apache.iceberg.exceptions.NoSuchNamespaceException if the source has no such namespace
     */
    public static MigrationPlan plan(
            CatalogEnd source, CatalogEnd target, Namespace root, MaintenanceProgress progress) {
        CatalogMigrationPlanner planner = new CatalogMigrationPlanner(source, target, progress);
        planner.walk(root);
        return new MigrationPlan(planner.items);
    }

    private void walk(Namespace root) {
        for (int depth = 1; depth < root.length(); depth++) {
            namespace(Namespace.of(List.of(root.levels()).subList(0, depth).toArray(String[]::new)));
        }
        List<Namespace> namespaces = source.namespacesFrom(root);
        int done = 0;
        for (Namespace namespace : namespaces) {
            namespace(namespace);
            source.listTables(namespace).forEach(this::table);
            source.listViews(namespace).forEach(this::view);
            progress.report("namespaces read", ++done, namespaces.size());
        }
    }

    private void namespace(Namespace namespace) {
        Map<String, String> properties = source.properties(namespace).orElse(Map.of());
        Optional<Map<String, String>> there = target.properties(namespace);
        if (there.isEmpty()) {
            items.add(MigrationItem.namespace(namespace, MigrationAction.CREATE, properties, ""));
            return;
        }
        items.add(MigrationItem.namespace(namespace, MigrationAction.PRESENT, properties, ""));
    }

    private void table(TableIdentifier id) {
        Optional<TableMetadata> from = source.table(id);
        if (from.isEmpty()) {
            return; // Dropped since the list was made.
        }
        String location = from.get().metadataFileLocation();
        Optional<TableMetadata> there = target.table(id);
        if (there.isEmpty()) {
            items.add(MigrationItem.object(MigratedKind.TABLE, id, MigrationAction.REGISTER, location, ""));
            return;
        }
        String current = there.get().metadataFileLocation();
        if (current.equals(location)) {
            items.add(MigrationItem.object(MigratedKind.TABLE, id, MigrationAction.PRESENT, location, ""));
        } else if (knows(from.get(), current)) {
            items.add(MigrationItem.object(MigratedKind.TABLE, id, MigrationAction.ADVANCE, location, ""));
        } else if (knows(there.get(), location)) {
            items.add(MigrationItem.object(
                    MigratedKind.TABLE, id, MigrationAction.PRESENT, location, "the target has gone on since"));
        } else {
            items.add(MigrationItem.object(
                    MigratedKind.TABLE,
                    id,
                    MigrationAction.DIFFERS,
                    location,
                    "the target has a table of this name at %s, which is not in the source's history"
                            .formatted(current)));
        }
    }

    private static boolean knows(TableMetadata metadata, String location) {
        return metadata.previousFiles().stream().anyMatch(file -> file.file().equals(location));
    }

    private void view(TableIdentifier id) {
        Optional<String> location = source.viewLocation(id);
        if (location.isEmpty()) {
            return;
        }
        Optional<String> there = target.viewLocation(id);
        MigrationAction action = there.map(
                        current -> current.equals(location.get()) ? MigrationAction.PRESENT : MigrationAction.DIFFERS)
                .orElse(MigrationAction.REGISTER);
        String note = action == MigrationAction.DIFFERS
                ? "the target has another version of this view at %s".formatted(there.orElse(""))
                : "";
        items.add(MigrationItem.object(MigratedKind.VIEW, id, action, location.get(), note));
    }
}
