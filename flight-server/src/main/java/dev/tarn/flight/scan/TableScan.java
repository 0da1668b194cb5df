package dev.tarn.flight.scan;

import dev.tarn.flight.scan.cache.ScanCache;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * A pinned table ready to be read by the engine. The caller closes it after the statement, which lets the local files go.
 *
 * @param relation a query in the engine's dialect, in brackets
 * @param deletedRows positions that the relation asks for, by set number and file index
 * @param filesPlanned data files left after pruning
 * @param filesPruned data files left out by pruning
 * @param bytesPlanned size of the planned files
 * @param lease on the local files; null where there are none
 */
record TableScan(
        String relation,
        Map<Long, Map<Integer, RoaringBitmap>> deletedRows,
        long filesPlanned,
        long filesPruned,
        long bytesPlanned,
        ScanCache.@Nullable Lease lease)
        implements AutoCloseable {
    /** An empty relation with the columns of the table, for binding and for tables without files. */
    static String emptyRelation(PinnedTable table) {
        List<String> columns = table.schema().columns().stream()
                .map(field -> "CAST(NULL AS %s) AS %s"
                        .formatted(EngineTypes.sqlType(field.type()), EngineTypes.identifier(field.name())))
                .toList();
        return "(SELECT " + String.join(", ", columns) + " WHERE false)";
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
