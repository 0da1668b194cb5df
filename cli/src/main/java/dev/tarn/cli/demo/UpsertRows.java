package dev.tarn.cli.demo;

import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;

/** Replaces rows and adds new ones in one commit, by key, with deletion vectors. */
final class UpsertRows implements DemoStep {
    private static final int CHANGED = 1_000;
    private static final int NEW = 500;
    private static final long FIRST_NEW_ID = 10_000_000;
    private static final int NEW_DELAY = 7;
    private static final long NEW_DISTANCE = 100;

    @Override
    public String name() {
        return "upsert";
    }

    @Override
    public String title() {
        return "Upsert by flight_id: %,d flights that exist, %,d that do not".formatted(CHANGED, NEW);
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        Totals before = lake.totalsWhere("flight_id < " + CHANGED);
        facts.check("flights to be replaced", (long) CHANGED, before.rows());
        Table table = lake.table();
        mark(lake, table);

        List<Map<String, Object>> rows = new ArrayList<>();
        for (long id = 0; id < CHANGED; id++) {
            rows.add(row(lake, id));
        }
        for (long id = FIRST_NEW_ID; id < FIRST_NEW_ID + NEW; id++) {
            rows.add(row(lake, id));
        }
        IngestReceipt receipt = Ingest.into(table, IngestOptions.defaults()).upsertMaps(rows, List.of("flight_id"));
        Totals written = new Totals(rows.size(), (long) rows.size() * NEW_DELAY, rows.size() * NEW_DISTANCE);
        lake.expect(lake.expected().minus(before).plus(written));

        facts.note("rows_replaced", receipt.rowsDeleted());
        facts.note("delete_files", receipt.deleteFilesAdded());
        facts.check("rows replaced", (long) CHANGED, receipt.rowsDeleted());
        facts.check(
                "rows that carry the new values",
                written,
                lake.totalsWhere("destination = 'NEW' AND %s = %d".formatted(lake.delayColumn(), NEW_DELAY)));
        lake.checkTotals(facts);
    }

    /** Remembers the state before the first change of rows, to travel back to it. */
    private static void mark(DemoLake lake, Table table) {
        var snapshot = table.currentSnapshot();
        lake.markIs(new DemoLake.Mark(
                snapshot.snapshotId(), Instant.ofEpochMilli(snapshot.timestampMillis()), lake.totals("")));
        table.manageSnapshots().createTag(TimeTravel.TAG, snapshot.snapshotId()).commit();
    }

    private static Map<String, Object> row(DemoLake lake, long id) {
        return Map.of(
                "flight_id",
                id,
                "date",
                LocalDateTime.of(2001, 1, 1, 12, 0),
                lake.delayColumn(),
                NEW_DELAY,
                "distance",
                NEW_DISTANCE,
                "origin",
                "SEA",
                "destination",
                "NEW",
                "source",
                EvolveSchema.SOURCE);
    }
}
