package dev.tarn.cli.demo;

import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.expire.ExpiryExecutor;
import dev.tarn.maintenance.expire.ExpiryOptions;
import dev.tarn.maintenance.expire.ExpiryPlan;
import dev.tarn.maintenance.expire.ExpiryPlanner;
import dev.tarn.maintenance.expire.ExpiryResult;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.iceberg.Table;

/** Expires old snapshots and deletes what only they reached. */
final class Expire implements DemoStep {
    private final Path journals;

    /** Keeps the journals of deletions in this folder. */
    Expire(Path journals) {
        this.journals = journals;
    }

    @Override
    public String name() {
        return "expire";
    }

    @Override
    public String title() {
        return "Expire them; the current and the tagged snapshot still answer the same";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Table table = lake.table();
        Instant now = Instant.now();
        ExpiryOptions options = ExpireDryRun.options(table, journals, now);
        ExpiryPlan plan = ExpiryPlanner.plan(table, options, now);
        ExpiryResult result = new ExpiryExecutor().run(table, plan, options, MaintenanceProgress.silent());

        facts.note("snapshots_expired", result.expiredSnapshots().size());
        facts.note("files_deleted", result.deletedFiles());
        facts.check("how the expiry ended", MaintenanceStatus.DONE, result.status());
        facts.check("expired snapshots", plan.snapshotIds(), result.expiredSnapshots());
        long left = 0;
        for (var snapshot : lake.table().snapshots()) {
            facts.checkThat("no expired snapshot is left", !plan.snapshotIds().contains(snapshot.snapshotId()));
            left++;
        }
        facts.note("snapshots_left", left);
        Totals tagged = lake.totals("FOR VERSION AS OF '%s'".formatted(TimeTravel.TAG));
        facts.check("totals by tag after expiry", lake.mark().totals(), tagged);
        lake.checkTotals(facts);
    }
}
