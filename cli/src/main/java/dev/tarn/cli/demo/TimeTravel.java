package dev.tarn.cli.demo;

/** Reads the state before the upsert in three ways. */
final class TimeTravel implements DemoStep {
    /** Names the state before the upsert. */
    static final String TAG = "before_changes";

    @Override
    public String name() {
        return "time-travel";
    }

    @Override
    public String title() {
        return "Travel back by snapshot, by timestamp and by tag";
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        DemoLake.Mark then = lake.mark();
        String timestamp = then.committedAt().toString().replace('T', ' ').replace("Z", "");
        Totals bySnapshot = lake.totals("AT (VERSION => %d)".formatted(then.snapshotId()));
        Totals byTimestamp = lake.totals("AT (TIMESTAMP => TIMESTAMP '%s')".formatted(timestamp));
        Totals byTag = lake.totals("FOR VERSION AS OF '%s'".formatted(TAG));

        facts.note("snapshot", Long.toString(then.snapshotId()));
        facts.note("rows_then", bySnapshot.rows());
        facts.check("totals by snapshot", then.totals(), bySnapshot);
        facts.check("totals by timestamp", then.totals(), byTimestamp);
        facts.check("totals by tag", then.totals(), byTag);
        facts.checkThat("the table has changed since", !then.totals().equals(lake.expected()));
        lake.checkTotals(facts);
    }
}
