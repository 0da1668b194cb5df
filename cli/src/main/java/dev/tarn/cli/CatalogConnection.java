package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.storage.RestCatalogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A REST catalog as commands use it: names as people write them, failures that name what is near. Not thread-safe. */
final class CatalogConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogConnection.class);

    private final RESTCatalog catalog;

    private final TarnSettings settings;

    private CatalogConnection(RESTCatalog catalog, TarnSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    /**
     * Opens the catalog that the settings name; the caller closes it.
     *
     * @throws TarnException UNAVAILABLE or UNAUTHENTICATED
     */
    static CatalogConnection open(TarnSettings settings) {
        return open(settings, settings.client());
    }

    /** The same, for another catalog than the settings name. */
    static CatalogConnection open(TarnSettings settings, ClientSettings client) {
        Map<String, String> properties = new LinkedHashMap<>(settings.s3().fileIoProperties());
        // The catalog may know better: only what was set here overrules it.
        properties.values().removeIf("false"::equals);
        // A command ends before reports of its scans could be sent.
        properties.put("rest-metrics-reporting-enabled", "false");
        properties.putAll(client.login().catalogProperties());
        return new CatalogConnection(RestCatalogs.open(client.catalogUri(), client.warehouse(), properties), settings);
    }

    RESTCatalog catalog() {
        return catalog;
    }

    /** Where this machine keeps what outlives a command. */
    Path dataFolder() {
        return settings.server().dataFolder();
    }

    /** What reads files that no table holds yet. */
    Map<String, String> fileIoProperties() {
        return settings.s3().fileIoProperties();
    }

    /**
     * Reads a table name: namespace levels and table, separated by dots.
     *
     * @throws TarnException INVALID if there is no namespace or an empty part
     */
    static TableIdentifier identifier(String name) {
        String[] parts = name.split("\\.", -1);
        if (parts.length < 2 || List.of(parts).contains("")) {
            throw new TarnException(
                    ErrorKind.INVALID, "A table is named NAMESPACE.TABLE but found '%s'".formatted(name));
        }
        return TableIdentifier.of(parts);
    }

    /**
     * Reads a namespace name: levels separated by dots.
     *
     * @throws TarnException INVALID if a part is empty
     */
    static Namespace namespace(String name) {
        String[] parts = name.split("\\.", -1);
        if (List.of(parts).contains("")) {
            throw new TarnException(
                    ErrorKind.INVALID, "A namespace is named LEVEL.LEVEL but found '%s'".formatted(name));
        }
        return Namespace.of(parts);
    }

    /**
     * Loads a table.
     *
     * @throws TarnException NOT_FOUND with the nearest name
     */
    Table load(String name) {
        TableIdentifier identifier = identifier(name);
        try {
            return catalog.loadTable(identifier);
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            throw unknownTable(identifier, e);
        }
    }

    /** The failure for a table that does not exist, with the nearest name. */
    TarnException unknownTable(TableIdentifier identifier, Exception cause) {
        Namespace namespace = identifier.namespace();
        if (!catalog.namespaceExists(namespace)) {
            List<String> namespaces =
                    namespaces().stream().map(Namespace::toString).toList();
            return new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Namespace '%s' does not exist%s"
                            .formatted(namespace, NearestName.hint(namespace.toString(), namespaces)),
                    cause);
        }
        List<String> tables = catalog.listTables(namespace).stream()
                .map(TableIdentifier::name)
                .toList();
        return new TarnException(
                ErrorKind.NOT_FOUND,
                "Table '%s' does not exist%s".formatted(identifier, NearestName.hint(identifier.name(), tables)),
                cause);
    }

    /** Every namespace, parents before their children. */
    List<Namespace> namespaces() {
        List<Namespace> all = new ArrayList<>(catalog.listNamespaces());
        // The list grows while it is walked, so that children of children are found.
        for (int i = 0; i < all.size(); i++) {
            all.addAll(catalog.listNamespaces(all.get(i)));
        }
        return all;
    }

    /** Creates a namespace and its parents where they do not exist. */
    void createNamespaceIfAbsent(Namespace namespace) {
        for (int depth = 1; depth <= namespace.length(); depth++) {
            Namespace level = Namespace.of(Arrays.copyOf(namespace.levels(), depth));
            if (!catalog.namespaceExists(level)) {
                create(level);
            }
        }
    }

    private void create(Namespace namespace) {
        try {
            catalog.createNamespace(namespace);
        } catch (AlreadyExistsException e) {
            LOG.debug("Somebody else created {} first, which is as good", namespace, e);
        }
    }

    @Override
    public void close() {
        try {
            catalog.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close the catalog client", e);
        }
    }
}
