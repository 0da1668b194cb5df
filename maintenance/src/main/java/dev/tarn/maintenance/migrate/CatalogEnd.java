package dev.tarn.maintenance.migrate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.view.BaseView;
import org.jspecify.annotations.Nullable;

/** One end of a migration: a catalog with namespaces, and with views if it has any. Does not own the catalog. */
public final class CatalogEnd {
    private final Catalog tables;
    private final SupportsNamespaces namespaces;
    private final @Nullable ViewCatalog views;

    private CatalogEnd(Catalog tables, SupportsNamespaces namespaces, @Nullable ViewCatalog views) {
        this.tables = tables;
        this.namespaces = namespaces;
        this.views = views;
    }

    /** The end over a catalog, which stays the caller's. */
    public static <C extends Catalog & SupportsNamespaces> CatalogEnd of(C catalog) {
        return new CatalogEnd(catalog, catalog, catalog instanceof ViewCatalog viewCatalog ? viewCatalog : null);
    }

    /** Every namespace at or below one, parents first; all namespaces for the empty one. */
    List<Namespace> namespacesFrom(Namespace root) {
        List<Namespace> all = new ArrayList<>();
        if (root.isEmpty()) {
            all.addAll(namespaces.listNamespaces());
        } else {
            if (!namespaces.namespaceExists(root)) {
                throw new NoSuchNamespaceException("Namespace does not exist: %s", root);
            }
            all.add(root);
        }
        // The list grows while it is walked, so that children of children are found.
        for (int i = 0; i < all.size(); i++) {
            all.addAll(namespaces.listNamespaces(all.get(i)));
        }
        return all;
    }

    Optional<Map<String, String>> properties(Namespace namespace) {
        try {
            return Optional.of(namespaces.loadNamespaceMetadata(namespace));
        } catch (NoSuchNamespaceException e) {
            return Optional.empty();
        }
    }

    void create(Namespace namespace, Map<String, String> properties) {
        // Iceberg's client asks the map for null, which an immutable one refuses.
        namespaces.createNamespace(namespace, new HashMap<>(properties));
    }

    List<TableIdentifier> listTables(Namespace namespace) {
        return tables.listTables(namespace);
    }

    List<TableIdentifier> listViews(Namespace namespace) {
        return views == null ? List.of() : views.listViews(namespace);
    }

    /** The current metadata of a table, absent if there is no such table. */
    Optional<TableMetadata> table(TableIdentifier id) {
        try {
            return tables.loadTable(id) instanceof HasTableOperations table
                    ? Optional.of(table.operations().current())
                    : Optional.empty();
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            return Optional.empty();
        }
    }

    /** The metadata file of a view, absent if there is no such view. */
    Optional<String> viewLocation(TableIdentifier id) {
        if (views == null) {
            return Optional.empty();
        }
        try {
            return views.loadView(id) instanceof BaseView view
                    ? Optional.of(view.operations().current().metadataFileLocation())
                    : Optional.empty();
        } catch (NoSuchViewException | NoSuchNamespaceException e) {
            return Optional.empty();
        }
    }

    void registerTable(TableIdentifier id, String metadataLocation) {
        tables.registerTable(id, metadataLocation);
    }

    void advanceTable(TableIdentifier id, String metadataLocation) {
        tables.registerTable(id, metadataLocation, true);
    }

    void registerView(TableIdentifier id, String metadataLocation) {
        if (views == null) {
            throw new UnsupportedOperationException("The catalog that receives has no views");
        }
        views.registerView(id, metadataLocation);
    }
}
