package dev.tarn.flight.scan;

import dev.tarn.common.Closer;
import dev.tarn.flight.scan.cache.ScanCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.iceberg.catalog.Catalog;
import org.roaringbitmap.RoaringBitmap;

/**
 * A statement whose tables are pinned: it can be bound without reading data, and read any number of times at the same
 * snapshots. Immutable, thread-safe.
 */
public final class StatementScan {
    private final String sql;
    private final List<TableReference> references;
    private final List<PinnedTable> tables;
    private final ColumnUse columns;

    /**
     * A statement over local files. The caller closes it after the run.
     *
     * @param sql in the engine's dialect
     * @param deletedRows by set number, then by file index
     * @param filesPlanned data files left after pruning
     * @param filesPruned data files left out by pruning
     * @param bytesPlanned size of the planned files in bytes
     * @param files keeps the local files
     */
    public record Fetched(
            String sql,
            Map<Long, Map<Integer, RoaringBitmap>> deletedRows,
            long filesPlanned,
            long filesPruned,
            long bytesPlanned,
            Closer files)
            implements AutoCloseable {
        @Override
        public void close() {
            files.close();
        }
    }

    private StatementScan(StatementAnalysis analysis, List<PinnedTable> tables) {
        this.sql = analysis.sql();
        this.references = analysis.tables();
        this.columns = analysis.columns();
        this.tables = List.copyOf(tables);
    }

    /**
     * Resolves the tables of a statement and pins their snapshots; a table named twice is loaded once.
     *
     * @throws dev.tarn.common.TarnException NOT_FOUND, FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE, INVALID
     */
    public static StatementScan pin(
            StatementAnalysis analysis, Catalog catalog, String catalogName, Optional<String> defaultNamespace) {
        TableResolver resolver = new TableResolver(catalog, catalogName, defaultNamespace);
        Map<Object, PinnedTable> pinned = new HashMap<>();
        List<PinnedTable> tables = new ArrayList<>();
        for (TableReference reference : analysis.tables()) {
            Object key = List.of(
                    reference.path(),
                    reference
                            .travel()
                            .map(TimeTravel::unit)
                            .map(Object.class::cast)
                            .orElse(""),
                    reference.travel().map(TimeTravel::value).orElse(""));
            PinnedTable table = pinned.get(key);
            if (table == null) {
                table = resolver.resolve(reference);
                pinned.put(key, table);
            }
            tables.add(table);
        }
        return new StatementScan(analysis, tables);
    }

    /** The tables in the order in which the statement names them. */
    public List<PinnedTable> tables() {
        return tables;
    }

    /** The statement over empty relations of the right columns and types. */
    public String bindable() {
        return replaced(i -> TableScan.emptyRelation(tables.get(i)));
    }

    /**
     * Plans and fetches what the statement reads.
     *
     * @param setNumbers gives numbers that no other running statement has
     */
    public Fetched read(ScanCache cache, LongSupplier setNumbers) {
        ScanPlanner planner = new ScanPlanner(cache, setNumbers);
        Closer closer = new Closer();
        try {
            List<TableScan> scans = new ArrayList<>();
            for (int i = 0; i < tables.size(); i++) {
                PinnedTable table = tables.get(i);
                scans.add(closer.register(planner.plan(
                        table, PushDown.filter(references.get(i), table.schema()), columns.fieldIds(table.schema()))));
            }
            Map<Long, Map<Integer, RoaringBitmap>> deletedRows = new HashMap<>();
            scans.forEach(scan -> deletedRows.putAll(scan.deletedRows()));
            return new Fetched(
                    replaced(i -> scans.get(i).relation()),
                    deletedRows,
                    scans.stream().mapToLong(TableScan::filesPlanned).sum(),
                    scans.stream().mapToLong(TableScan::filesPruned).sum(),
                    scans.stream().mapToLong(TableScan::bytesPlanned).sum(),
                    closer);
        } catch (RuntimeException e) {
            closer.close();
            throw e;
        }
    }

    private String replaced(Function<Integer, String> relation) {
        StringBuilder text = new StringBuilder(sql);
        for (int i = references.size() - 1; i >= 0; i--) {
            TableReference reference = references.get(i);
            String alias = reference.alias().isEmpty() ? " AS " + EngineTypes.identifier(reference.visibleName()) : "";
            text.replace(reference.start(), reference.end(), relation.apply(i) + alias);
        }
        return text.toString();
    }
}
