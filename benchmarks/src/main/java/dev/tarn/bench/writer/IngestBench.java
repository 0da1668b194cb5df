package dev.tarn.bench.writer;

import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;

/** The library as a whole: from Arrow in memory to a commit in a catalog, with files on S3. */
final class IngestBench {
    private final Lake lake;
    private final int rounds;

    IngestBench(Lake lake, int rounds) {
        this.lake = lake;
        this.rounds = rounds;
    }

    /** Appends a table in one commit, into a new table each time. */
    Figure append(String name, ArrowTable rows) {
        List<Stopwatch.Times> times = new ArrayList<>();
        for (int round = -1; round < rounds; round++) {
            Table table = lake.create(name + "_" + (round + 1), rows.schema(), PartitionSpec.unpartitioned());
            Stopwatch watch = Stopwatch.start();
            Ingest.into(table, IngestOptions.defaults()).append(new BatchesSource(rows.batches()));
            if (round >= 0) {
                times.add(watch.stop());
            }
        }
        Stopwatch.Times median = Stopwatch.median(times);
        return new Figure(
                "append of " + name + " to S3, committed",
                rows.rows(),
                "rows",
                median.wallSeconds(),
                median.cpuSeconds(),
                "one commit");
    }
}
