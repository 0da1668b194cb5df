package dev.tarn.bench;

import dev.tarn.catalog.commit.MetadataJson;
import dev.tarn.catalog.model.TableChanges;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.iceberg.MetadataUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.rest.requests.UpdateTableRequest;

/**
 * What the metadata of one commit costs the processor, without server, store and files: as this catalog does it, and as it is
 * done by parsing the last version and writing the next one.
 */
final class MetadataBench {
    private final int snapshots;
    private final int rounds;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * Processor time of one commit, in microseconds, the median of all rounds.
     *
     * @param spliced validate, apply and write what changed
     * @param compressed the same, and the answer in gzip
     * @param parsedAndWritten parse the last version and write it again
     */
    record Costs(int snapshots, double spliced, double compressed, double parsedAndWritten) {}

    /**
     * Commits to a table.
     *
     * @param snapshots how many it has
     * @param rounds commits that count; as many come before to warm up
     */
    MetadataBench(int snapshots, int rounds) {
        this.snapshots = snapshots;
        this.rounds = rounds;
    }

    Costs run() {
        String text = Tables.history(Path.of("/lake/t"), snapshots);
        return new Costs(
                snapshots,
                median(new Commits(text, false)::commit),
                median(new Commits(text, true)::commit),
                median(round -> {
                    TableMetadata parsed =
                            TableMetadataParser.fromJson("file:///lake/t/metadata/v0.metadata.json", text);
                    return TableMetadataParser.toJson(parsed).getBytes(StandardCharsets.UTF_8).length;
                }));
    }

    private double median(IntToLongFunction work) {
        double[] micros = new double[rounds];
        long bytes = 0;
        for (int round = 0; round < 2 * rounds; round++) {
            long before = threads.getCurrentThreadCpuTime();
            bytes += work.applyAsLong(round);
            micros[round % rounds] = (threads.getCurrentThreadCpuTime() - before) / 1e3;
        }
        if (bytes <= 0) {
            throw new IllegalStateException("Nothing was written");
        }
        Arrays.sort(micros);
        return micros[rounds / 2];
    }

    /** One commit after the other. Not thread-safe. */
    private static final class Commits {
        private final boolean compresses;
        private TableMetadata metadata;
        private MetadataJson json;

        Commits(String text, boolean compresses) {
            this.compresses = compresses;
            this.metadata = TableMetadataParser.fromJson("file:///lake/t/metadata/v0.metadata.json", text);
            this.json = MetadataJson.of(metadata);
            json.pieces().gzip();
        }

        long commit(int round) {
            UpdateTableRequest request = new UpdateTableRequest(
                    List.of(), List.of(new MetadataUpdate.SetProperties(Map.of("counter", Integer.toString(round)))));
            TableMetadata next = TableChanges.update(metadata, request);
            json = json.next(next);
            metadata = TableChanges.at(TableChanges.newMetadataLocation(next, round + 1L), next);
            return compresses ? json.pieces().gzip().size() : json.pieces().length();
        }
    }
}
