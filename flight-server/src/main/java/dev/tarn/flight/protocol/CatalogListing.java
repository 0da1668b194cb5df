package dev.tarn.flight.protocol;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.scan.CatalogAccess;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.RESTException;

/**
 * What a caller can see in the catalog: namespaces of every depth, their tables, and tables themselves. What disappears
 * between two steps is passed over. Thread-safe.
 */
final class CatalogListing {
    /** A catalog with more namespaces is walked by name patterns; without a bound one call could hold a thread for hours. */
    private static final int MAX_NAMESPACES = 10_000;

    private final CatalogAccess catalogs;

    CatalogListing(CatalogAccess catalogs) {
        this.catalogs = catalogs;
    }

    String catalogName() {
        return catalogs.catalogName();
    }

    /** Every namespace, parents before children, by name. */
    List<Namespace> namespaces(Caller caller) {
        return translated(() -> {
            if (!(catalogs.as(caller) instanceof SupportsNamespaces catalog)) {
                return List.of();
            }
            List<Namespace> found = new ArrayList<>();
            Deque<Namespace> toVisit = new ArrayDeque<>(catalog.listNamespaces());
            while (!toVisit.isEmpty()) {
                Namespace namespace = toVisit.pop();
                if (found.size() == MAX_NAMESPACES) {
                    throw new TarnException(
                            ErrorKind.UNSUPPORTED,
                            "The catalog has more than %d namespaces, too many to list".formatted(MAX_NAMESPACES));
                }
                found.add(namespace);
                children(catalog, namespace).forEach(toVisit::push);
            }
            found.sort(Comparator.comparing(Namespace::toString));
            return found;
        });
    }

    List<TableIdentifier> tables(Namespace namespace, Caller caller) {
        return translated(() -> {
            try {
                List<TableIdentifier> tables =
                        new ArrayList<>(catalogs.as(caller).listTables(namespace));
                tables.sort(Comparator.comparing(TableIdentifier::name));
                return tables;
            } catch (NoSuchNamespaceException e) {
                return List.of();
            }
        });
    }

    /** Loads a table; absent if there is none, or none that the caller may see. */
    Optional<Table> table(TableIdentifier identifier, Caller caller) {
        return translated(() -> {
            Catalog catalog = catalogs.as(caller);
            try {
                return Optional.of(catalog.loadTable(identifier));
            } catch (NoSuchTableException | NoSuchNamespaceException | ForbiddenException e) {
                return Optional.empty();
            }
        });
    }

    private static List<Namespace> children(SupportsNamespaces catalog, Namespace parent) {
        try {
            return catalog.listNamespaces(parent);
        } catch (NoSuchNamespaceException e) {
            return List.of();
        }
    }

    private interface Step<T> {
        T run();
    }

    private static <T> T translated(Step<T> step) {
        try {
            return step.run();
        } catch (NotAuthorizedException e) {
            throw new TarnException(ErrorKind.UNAUTHENTICATED, "The catalog does not accept the login", e);
        } catch (ForbiddenException e) {
            throw new TarnException(ErrorKind.FORBIDDEN, "The catalog does not let this user list its content", e);
        } catch (RESTException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The catalog did not answer as expected; see whether it is up", e);
        }
    }
}
