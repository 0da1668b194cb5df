package dev.tarn.bench.writer;

import dev.tarn.common.DataSize;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.contract.gate.ContractOptions;
import dev.tarn.writer.contract.gate.Contracts;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;

/** The library as a whole: from Arrow in memory to a commit in a catalog, with files on S3. */
final class IngestBench {
    /** Fourteen rules, as contracts of the field have them. */
    private static final String CONTRACT = """
            dataContractSpecification: 0.9.3
            id: narrow
            info: {title: Measurements, version: 1.0.0}
            models:
              narrow:
                type: table
                fields:
                  id: {type: bigint, required: true, minimum: 0, maximum: 1000000000}
                  sensor: {type: integer, required: true, minimum: 0, maximum: 5000}
                  at: {type: timestamp_ntz, required: true}
                  value: {type: double, required: true, minimum: 0, maximum: 100000}
                  state: {type: string, required: true, enum: [ok, late, bad], minLength: 2, maxLength: 4, pattern: '^[a-z]+$'}
            """;

    private final Lake lake;
    private final int rounds;

    IngestBench(Lake lake, int rounds) {
        this.lake = lake;
        this.rounds = rounds;
    }

    /** Appends a table in one commit, into a new table each time; then the same held to a contract. */
    List<Figure> appends(ArrowTable rows) {
        Contract contract = ContractParser.parse(
                "narrow.yaml", CONTRACT.getBytes(StandardCharsets.UTF_8), ContractParser.Mode.STRICT);
        IngestOptions held =
                IngestOptions.defaults().withGates(List.of(Contracts.gate(contract, ContractOptions.defaults())));
        List<Stopwatch.Times> plain = new ArrayList<>();
        List<Stopwatch.Times> checked = new ArrayList<>();
        for (int round = -2; round < rounds; round++) {
            Stopwatch.Times free = append("free_" + (round + 2), rows, IngestOptions.defaults());
            Stopwatch.Times bound = append("bound_" + (round + 2), rows, held);
            if (round >= 0) {
                plain.add(free);
                checked.add(bound);
            }
        }
        Stopwatch.Times free = Stopwatch.median(plain);
        Stopwatch.Times bound = Stopwatch.median(checked);
        return List.of(
                figure("append of narrow rows to S3, committed", rows, free, "one commit"),
                figure(
                        "the same, held to a contract of 14 rules",
                        rows,
                        bound,
                        String.format(
                                Locale.ROOT, "%.0f %% more CPU", (bound.cpuSeconds() / free.cpuSeconds() - 1) * 100)));
    }

    private Stopwatch.Times append(String name, ArrowTable rows, IngestOptions options) {
        Table table = lake.create(name, rows.schema(), PartitionSpec.unpartitioned());
        Stopwatch watch = Stopwatch.start();
        Ingest.into(table, options).append(new BatchesSource(rows.batches()));
        return watch.stop();
    }

    /** Writes rows of a thousand partitions in no order. */
    Figure manyPartitions(ArrowTable rows) {
        Table table = lake.create(
                "partitioned",
                rows.schema(),
                PartitionSpec.builderFor(rows.schema()).bucket("id", 1_000).build());
        IngestOptions options = IngestOptions.defaults().withMemoryBudget(DataSize.ofMegabytes(256));
        Stopwatch watch = Stopwatch.start();
        IngestReceipt receipt = Ingest.into(table, options).append(new BatchesSource(rows.batches()));
        return figure(
                "append to 1,000 partitions in no order",
                rows,
                watch.stop(),
                "budget 256 MB, %,d files".formatted(receipt.dataFilesAdded()));
    }

    /** Fills a table, and replaces some of its rows by key: the first upsert builds the index. */
    List<Figure> upserts(ArrowTable rows, ArrowTable few, ArrowTable changes, Path indexFolder) {
        Table table = lake.create("upserted", rows.schema(), PartitionSpec.unpartitioned());
        Ingest ingest = Ingest.into(table, IngestOptions.defaults().withKeyIndex(indexFolder));
        ingest.append(new BatchesSource(rows.batches()));
        Stopwatch building = Stopwatch.start();
        ingest.upsert(new BatchesSource(few.batches()), List.of("id"));
        Stopwatch.Times built = building.stop();
        Stopwatch changing = Stopwatch.start();
        IngestReceipt receipt = ingest.upsert(new BatchesSource(changes.batches()), List.of("id"));
        Stopwatch.Times changed = changing.stop();
        Stopwatch.Times scanned = scan(table, changes);
        String into = "into %,d rows".formatted(rows.rows());
        return List.of(
                figure("first upsert " + into + ", which builds the key index", few, built, "index of all keys"),
                figure(
                        "upsert " + into + " through the key index",
                        changes,
                        changed,
                        "budget 256 MB, %,d rows replaced".formatted(receipt.rowsDeleted())),
                figure("upsert " + into + " without an index", changes, scanned, "reads the key column"));
    }

    private static Stopwatch.Times scan(Table table, ArrowTable changes) {
        Stopwatch watch = Stopwatch.start();
        Ingest.into(table, IngestOptions.defaults()).upsert(new BatchesSource(changes.batches()), List.of("id"));
        return watch.stop();
    }

    private static Figure figure(String what, ArrowTable rows, Stopwatch.Times times, String note) {
        return new Figure(what, rows.rows(), "rows", times.wallSeconds(), times.cpuSeconds(), note);
    }
}
