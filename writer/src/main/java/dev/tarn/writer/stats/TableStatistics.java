package dev.tarn.writer.stats;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.PartitionStatsHandler;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statistics of a snapshot that was just committed. They only help planners, so a failure is logged and never reaches the
 * caller: the data is committed. Thread-safe.
 */
public final class TableStatistics {
    /** Table property: whether counts by partition are written after every commit, on top of those of the commit before. */
    public static final String PARTITION_STATISTICS_PROPERTY = "tarn.partition-statistics";

    private static final Logger LOG = LoggerFactory.getLogger(TableStatistics.class);

    private TableStatistics() {}

    /**
     * Writes what is wanted for a snapshot: sketches if there are some, partition statistics if the table's property says so.
     *
     * @param sketches of every row that the snapshot added
     */
    public static void write(Table table, long snapshotId, Optional<ColumnSketches> sketches) {
        sketches.ifPresent(made -> tolerate(table, "sketches", () -> writeSketches(table, snapshotId, made)));
        if (Boolean.parseBoolean(table.properties().get(PARTITION_STATISTICS_PROPERTY))
                && table.spec().isPartitioned()) {
            tolerate(table, "partition statistics", () -> writePartitions(table, snapshotId));
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void tolerate(Table table, String what, Step step) {
        try {
            table.refresh();
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Rows were committed to table {} but their {} could not be written", table.name(), what, e);
        }
    }

    private static void writeSketches(Table table, long snapshotId, ColumnSketches made) {
        Snapshot snapshot = snapshot(table, snapshotId);
        Optional<Map<Integer, ThetaSketch>> earlier = EarlierSketches.find(table, snapshot);
        if (earlier.isEmpty()) {
            LOG.info(
                    "Snapshot {} of table {} gets no sketches: there are none of the rows that it had before",
                    snapshotId,
                    table.name());
            return;
        }
        Map<Integer, ThetaSketch> sketches = new LinkedHashMap<>();
        made.byFieldId().forEach((fieldId, sketch) -> {
            ThetaSketch before = earlier.get().get(fieldId);
            if (before != null) {
                sketch.union(before);
            }
            if (before != null || earlier.get().isEmpty()) {
                sketches.put(fieldId, sketch);
            }
        });
        if (sketches.isEmpty()) {
            return;
        }
        StatisticsFile file = SketchFile.write(table, snapshot, sketches);
        try {
            table.updateStatistics().setStatistics(file).commit();
        } catch (RuntimeException e) {
            // Nobody knows whether the commit happened, so the file stays; orphan cleanup finds it.
            throw new IllegalStateException("Cannot commit statistics file " + file.path(), e);
        }
    }

    private static void writePartitions(Table table, long snapshotId) throws IOException {
        PartitionStatisticsFile file = PartitionStatsHandler.computeAndWriteStatsFile(table, snapshotId);
        if (file != null) {
            table.updatePartitionStatistics().setPartitionStatistics(file).commit();
        }
    }

    private static Snapshot snapshot(Table table, long snapshotId) {
        Snapshot snapshot = table.snapshot(snapshotId);
        if (snapshot == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "Table %s has no snapshot %d any more".formatted(table.name(), snapshotId));
        }
        return snapshot;
    }
}
