package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
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
import org.apache.iceberg.util.SnapshotUtil;

/** Finds tables in the catalog as the caller and settles which snapshot is read. Confined to one statement. */
final class TableResolver {
    /** Names looked through for a hint; more would cost more than a hint is worth. */
    private static final int MAX_CANDIDATES = 10_000;

    private final Catalog catalog;
    private final String catalogName;
    private final Optional<String> defaultNamespace;

    TableResolver(Catalog catalog, String catalogName, Optional<String> defaultNamespace) {
        this.catalog = catalog;
        this.catalogName = catalogName;
        this.defaultNamespace = defaultNamespace;
    }

    /**
     * Loads the table of a reference and pins its snapshot.
     *
     * @throws TarnException NOT_FOUND for an unknown table, namespace, snapshot, tag or branch; INVALID, FORBIDDEN,
     *     UNAUTHENTICATED, UNAVAILABLE
     */
    PinnedTable resolve(TableReference reference) {
        TableIdentifier identifier = identifier(reference.path());
        Table table;
        try {
            table = catalog.loadTable(identifier);
        } catch (NoSuchTableException | NoSuchNamespaceException e) {
            throw unknownTable(identifier, e);
        } catch (ForbiddenException e) {
            throw new TarnException(
                    ErrorKind.FORBIDDEN, "The table %s may not be read by this caller".formatted(identifier), e);
        } catch (NotAuthorizedException e) {
            throw new TarnException(ErrorKind.UNAUTHENTICATED, "The catalog refused the login; log in again", e);
        } catch (RESTException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The catalog cannot be reached for table %s".formatted(identifier), e);
        }
        return reference
                .travel()
                .map(wish -> travel(identifier, table, wish))
                .orElseGet(() -> current(identifier, table));
    }

    private TableIdentifier identifier(List<String> path) {
        String name = path.get(path.size() - 1);
        List<String> namespace = path.subList(0, path.size() - 1);
        if (namespace.size() > 1 && namespace.get(0).equals(catalogName)) {
            namespace = namespace.subList(1, namespace.size());
        }
        if (namespace.isEmpty()) {
            String levels = defaultNamespace.orElseThrow(() -> new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The table '%s' has no namespace and the session has no default one; write namespace.%s"
                            .formatted(name, name)));
            return TableIdentifier.of(levels(levels), name);
        }
        return TableIdentifier.of(levels(String.join(".", namespace)), name);
    }

    private static Namespace levels(String dotted) {
        return Namespace.of(dotted.split("\\.", -1));
    }

    private TarnException unknownTable(TableIdentifier identifier, RuntimeException cause) {
        String hint = "";
        try {
            if (catalog instanceof SupportsNamespaces namespaces
                    && !namespaces.namespaceExists(identifier.namespace())) {
                TreeSet<String> names = new TreeSet<>();
                namespaces.listNamespaces().stream().limit(MAX_CANDIDATES).forEach(n -> names.add(n.toString()));
                return new TarnException(
                        ErrorKind.NOT_FOUND,
                        "Unknown namespace '%s'%s"
                                .formatted(
                                        identifier.namespace(),
                                        NearestName.hint(identifier.namespace().toString(), names)),
                        cause);
            }
            TreeSet<String> names = new TreeSet<>();
            catalog.listTables(identifier.namespace()).stream()
                    .limit(MAX_CANDIDATES)
                    .forEach(table -> names.add(table.name()));
            hint = NearestName.hint(identifier.name(), names);
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // The hint is a courtesy; the answer stays the same without it.
        }
        return new TarnException(ErrorKind.NOT_FOUND, "Unknown table '%s'%s".formatted(identifier, hint), cause);
    }

    private static PinnedTable current(TableIdentifier identifier, Table table) {
        Snapshot snapshot = table.currentSnapshot();
        return new PinnedTable(identifier, table, snapshot == null ? null : snapshot.snapshotId(), table.schema());
    }

    private static PinnedTable travel(TableIdentifier identifier, Table table, TimeTravel wish) {
        return switch (wish.unit()) {
            case SNAPSHOT_ID -> atSnapshot(identifier, table, snapshotId(wish.value()));
            case TIMESTAMP -> atTime(identifier, table, wish.value());
            case TAG, BRANCH, REFERENCE -> atReference(identifier, table, wish);
        };
    }

    private static PinnedTable atSnapshot(TableIdentifier identifier, Table table, long snapshotId) {
        if (table.snapshot(snapshotId) == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The table %s has no snapshot %d; it may have been expired".formatted(identifier, snapshotId));
        }
        return new PinnedTable(identifier, table, snapshotId, SnapshotUtil.schemaFor(table, snapshotId));
    }

    private static PinnedTable atTime(TableIdentifier identifier, Table table, String text) {
        Long snapshotId =
                SnapshotUtil.nullableSnapshotIdAsOfTime(table, instant(text).toEpochMilli());
        if (snapshotId == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "The table %s has no snapshot as old as %s".formatted(identifier, text));
        }
        return atSnapshot(identifier, table, snapshotId);
    }

    private static PinnedTable atReference(TableIdentifier identifier, Table table, TimeTravel wish) {
        SnapshotRef reference = table.refs().get(wish.value());
        boolean fits = reference != null
                && switch (wish.unit()) {
                    case TAG -> reference.isTag();
                    case BRANCH -> reference.isBranch();
                    default -> true;
                };
        if (reference == null || !fits) {
            if (wish.unit() == TimeTravel.Unit.REFERENCE && wish.value().chars().allMatch(Character::isDigit)) {
                return atSnapshot(identifier, table, snapshotId(wish.value()));
            }
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The table %s has no %s '%s'%s"
                            .formatted(
                                    identifier,
                                    wish.unit() == TimeTravel.Unit.REFERENCE
                                            ? "tag or branch"
                                            : wish.unit().name().toLowerCase(Locale.ROOT),
                                    wish.value(),
                                    NearestName.hint(wish.value(), table.refs().keySet())));
        }
        return new PinnedTable(identifier, table, reference.snapshotId(), SnapshotUtil.schemaFor(table, wish.value()));
    }

    private static long snapshotId(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new TarnException(ErrorKind.INVALID, "Expected a snapshot id but found '%s'".formatted(text), e);
        }
    }

    /** A time without a zone is in UTC, as in the engine. */
    private static Instant instant(String text) {
        String iso = text.strip().replace(' ', 'T');
        try {
            if (!iso.contains("T")) {
                return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            boolean zoned = iso.endsWith("Z") || iso.lastIndexOf('+') > 0 || iso.lastIndexOf('-') > iso.indexOf('T');
            return zoned
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Expected a time such as '2026-01-31 12:00:00' but found '%s'".formatted(text),
                    e);
        }
    }
}
