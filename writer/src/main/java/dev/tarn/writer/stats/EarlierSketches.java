package dev.tarn.writer.stats;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;

/** The sketches of the rows that a table had before a snapshot. */
final class EarlierSketches {
    /** Snapshots that are looked back over; each of them added no values. */
    private static final int MAX_LOOK_BACK = 100;

    private EarlierSketches() {}

    /**
     * The sketches by field id, none if the table had no rows; empty if there were rows and nobody sketched them. Values that
     * were deleted since stay counted, as a sketch cannot forget.
     */
    static Optional<Map<Integer, ThetaSketch>> find(Table table, Snapshot snapshot) {
        if (holdsAddedRowsOnly(snapshot)) {
            return Optional.of(Map.of());
        }
        Map<Long, StatisticsFile> files = new HashMap<>();
        table.statisticsFiles().forEach(file -> files.put(file.snapshotId(), file));
        Long parentId = snapshot.parentId();
        for (int i = 0; i < MAX_LOOK_BACK && parentId != null; i++) {
            Snapshot parent = table.snapshot(parentId);
            if (parent == null) {
                return Optional.empty();
            }
            StatisticsFile file = files.get(parentId);
            if (file != null) {
                return Optional.of(SketchFile.read(table, file)).filter(found -> !found.isEmpty());
            }
            if (number(parent, SnapshotSummary.TOTAL_RECORDS_PROP) == 0) {
                return Optional.of(Map.of());
            }
            if (!addsNoValues(parent)) {
                return Optional.empty();
            }
            parentId = parent.parentId();
        }
        return parentId == null ? Optional.of(Map.of()) : Optional.empty();
    }

    private static boolean holdsAddedRowsOnly(Snapshot snapshot) {
        long total = number(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP);
        return total >= 0 && total == number(snapshot, SnapshotSummary.ADDED_RECORDS_PROP);
    }

    private static boolean addsNoValues(Snapshot snapshot) {
        return snapshot.operation().equals(DataOperations.REPLACE)
                || snapshot.operation().equals(DataOperations.DELETE);
    }

    /** A number of the summary, -1 if it is not there. */
    private static long number(Snapshot snapshot, String key) {
        String value = snapshot.summary().get(key);
        return value == null ? -1 : Long.parseLong(value);
    }
}
