package dev.tarn.cli.demo;

import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.compact.CompactionExecutor;
import dev.tarn.maintenance.compact.CompactionOptions;
import dev.tarn.maintenance.compact.CompactionPlan;
import dev.tarn.maintenance.compact.CompactionPlanner;
import dev.tarn.maintenance.compact.CompactionResult;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/** Rewrites small files, old layouts and deletes; every answer stays the same. */
final class Compact implements DemoStep {
    private static final String QUESTION =
            "SELECT destination, count(*) AS n, sum(delay_minutes)::BIGINT AS delay, sum(distance)::BIGINT AS distance "
                    + "FROM demo.flights GROUP BY destination ORDER BY destination";

    @Override
    public String name() {
        return "compact";
    }

    @Override
    public String title() {
        return "Compact into the new partition spec; the same query gives the same answer before and after";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        List<?> before = lake.ask(QUESTION).rows();
        Table table = lake.table();
        long filesBefore = dataFiles(table);
        CompactionOptions options = CompactionOptions.of(table, Map.of("rewrite-all", "true"));
        CompactionPlan plan = CompactionPlanner.plan(table, options);
        CompactionResult result = CompactionExecutor.run(table, plan, options, MaintenanceProgress.silent());

        List<?> after = lake.ask(QUESTION).rows();
        long filesAfter = dataFiles(lake.table());
        facts.note("data_files_before", filesBefore);
        facts.note("data_files_after", filesAfter);
        facts.note("delete_files_removed", result.removedDeleteFiles());
        facts.note("destinations_compared", after.size());
        facts.checkThat("there are fewer files", filesAfter < filesBefore);
        facts.check("answer after compaction", before, after);
        lake.checkTotals(facts);
    }

    private static long dataFiles(Table table) {
        return Long.parseLong(table.currentSnapshot().summary().get("total-data-files"));
    }
}
