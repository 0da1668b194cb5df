package dev.tarn.cli.demo;

import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;

/** Partitions by airport instead of month, for what is written from now on. */
final class EvolvePartitions implements DemoStep {
    private static final int BUCKETS = 4;

    @Override
    public String name() {
        return "evolve-partitions";
    }

    @Override
    public String title() {
        return "Change the partition spec from month(date) to bucket(%d, origin)".formatted(BUCKETS);
    }

    @Override
    public void run(DemoLake lake, Facts facts) {
        lake.table()
                .updateSpec()
                .removeField(Expressions.month("date"))
                .addField(Expressions.bucket("origin", BUCKETS))
                .commit();

        Table table = lake.table();
        facts.note("spec", table.spec().fields().toString());
        facts.check(
                "partition fields",
                1L,
                table.spec().fields().stream()
                        .filter(field -> field.transform().toString().equals("bucket[%d]".formatted(BUCKETS)))
                        .count());
        lake.checkTotals(facts);
    }
}
