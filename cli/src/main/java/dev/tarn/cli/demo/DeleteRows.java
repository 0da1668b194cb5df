package dev.tarn.cli.demo;

import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import org.apache.iceberg.expressions.Expressions;

/** Deletes rows by a filter. */
final class DeleteRows implements DemoStep {
    private static final String AIRPORT = "LAX";

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String title() {
        return "Delete every flight from " + AIRPORT;
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        String condition = "origin = '%s'".formatted(AIRPORT);
        Totals doomed = lake.totalsWhere(condition);
        facts.checkThat("there are flights to delete", doomed.rows() > 0);
        IngestReceipt receipt =
                Ingest.into(lake.table(), IngestOptions.defaults()).deleteWhere(Expressions.equal("origin", AIRPORT));
        lake.expect(lake.expected().minus(doomed));

        facts.note("rows_deleted", receipt.rowsDeleted());
        facts.check("rows deleted", doomed.rows(), receipt.rowsDeleted());
        facts.check("rows left that match", 0L, lake.totalsWhere(condition).rows());
        lake.checkTotals(facts);
    }
}
