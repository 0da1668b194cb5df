package dev.tarn.cli.demo;

import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/** Lists the snapshots. */
final class ListSnapshots implements DemoStep {
    @Override
    public String name() {
        return "snapshots";
    }

    @Override
    public String title() {
        return "List the snapshots";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Table table = lake.table();
        int count = 0;
        for (Snapshot snapshot : table.snapshots()) {
            count++;
            facts.checkThat("snapshots have an operation", snapshot.operation() != null);
        }
        Snapshot current = table.currentSnapshot();
        facts.note("snapshots", count);
        facts.note("current", Long.toString(current.snapshotId()));
        facts.note("operation", current.operation());
        SnapshotRef tag = table.refs().get(TimeTravel.TAG);
        facts.check("tagged snapshot", lake.mark().snapshotId(), tag == null ? -1L : tag.snapshotId());
        Totals asOfCurrent = lake.totals("AT (VERSION => %d)".formatted(current.snapshotId()));
        facts.note("rows", asOfCurrent.rows());
        facts.check("the current snapshot by its id", lake.expected(), asOfCurrent);
    }
}
