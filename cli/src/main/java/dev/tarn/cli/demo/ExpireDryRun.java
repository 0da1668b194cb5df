package dev.tarn.cli.demo;

import dev.tarn.maintenance.expire.ExpiryOptions;
import dev.tarn.maintenance.expire.ExpiryPlan;
import dev.tarn.maintenance.expire.ExpiryPlanner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/** Plans the expiry and changes nothing. */
final class ExpireDryRun implements DemoStep {
    private final Path journals;

    /** Plans with journals in this folder, in which a dry run leaves nothing. */
    ExpireDryRun(Path journals) {
        this.journals = journals;
    }

    @Override
    public String name() {
        return "expire-dry-run";
    }

    @Override
    public String title() {
        return "Plan to expire all snapshots but the current and the tagged one, and change nothing";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Table table = lake.table();
        Instant now = Instant.now();
        ExpiryPlan plan = ExpiryPlanner.plan(table, options(table, journals, now), now);

        facts.note("snapshots_to_expire", plan.snapshotIds().size());
        facts.note("files_to_delete", plan.files().size());
        facts.checkThat("there is something to expire", !plan.isEmpty());
        facts.checkThat(
                "the tagged snapshot stays",
                !plan.snapshotIds().contains(lake.mark().snapshotId()));
        facts.check("snapshots after the dry run", ids(table), ids(lake.table()));
        lake.checkTotals(facts);
    }

    static ExpiryOptions options(Table table, Path journals, Instant now) {
        return ExpiryOptions.of(table, Map.of("older-than", now.toString(), "retain-last", "1"), journals, now);
    }

    private static List<Long> ids(Table table) {
        List<Long> ids = new ArrayList<>();
        table.snapshots().forEach(snapshot -> ids.add(snapshot.snapshotId()));
        return ids;
    }
}
