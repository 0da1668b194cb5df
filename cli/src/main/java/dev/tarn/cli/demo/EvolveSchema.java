package dev.tarn.cli.demo;

import dev.tarn.cli.output.CollectedRows;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Types;

/** Adds, renames and widens columns: old files stay as they are. */
final class EvolveSchema implements DemoStep {
    /** What the added column holds. */
    static final String SOURCE = "BTS";

    private static final String DELAY = "delay_minutes";

    @Override
    public String name() {
        return "evolve-schema";
    }

    @Override
    public String title() {
        return "Add column source with a default, rename delay to %s, widen distance to 64 bits".formatted(DELAY);
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        lake.table()
                .updateSchema()
                .addColumn("source", Types.StringType.get(), "Who recorded the flight", Literal.of(SOURCE))
                .renameColumn("delay", DELAY)
                .updateColumn("distance", Types.LongType.get())
                .commit();
        lake.delayColumnIs(DELAY);

        CollectedRows none = lake.ask("SELECT distance FROM demo.flights WHERE false");
        facts.check(
                "type of distance",
                new ArrowType.Int(64, true),
                none.schema().findField("distance").getType());
        Totals withDefault = lake.totalsWhere("source = '%s'".formatted(SOURCE));
        facts.note("rows_with_default", withDefault.rows());
        facts.check("rows with the default", lake.expected(), withDefault);
        lake.checkTotals(facts);
    }
}
