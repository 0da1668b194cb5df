package dev.tarn.writer.ingest;

import dev.tarn.common.DataSize;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.files.FileLimits;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/**
 * How an {@link Ingest} works. Immutable; begin with {@link #defaults()}.
 *
 * @param branch where snapshots go; it must exist unless it is {@code main}
 * @param summary properties for the snapshot summary
 * @param token makes one call happen once; use each token for one call only
 * @param targetFileSize overrides the table's {@code write.target-file-size-bytes}
 * @param evolution what happens to batches that the schema does not cover
 * @param memoryBudget bytes of unfinished row groups held in memory; also bounds the keys of one upsert
 * @param sequenceColumn among rows of one upsert with equal keys the largest value of this column wins, not the last row
 */
public record IngestOptions(
        String branch,
        Map<String, String> summary,
        Optional<ProducerToken> token,
        Optional<DataSize> targetFileSize,
        SchemaEvolution evolution,
        DataSize memoryBudget,
        Optional<String> sequenceColumn) {
    /** Copies the summary. */
    public IngestOptions {
        summary = Map.copyOf(summary);
    }

    /** Main branch, no token, the table's file size, a frozen schema. */
    public static IngestOptions defaults() {
        return new IngestOptions(
                SnapshotRef.MAIN_BRANCH,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                SchemaEvolution.FREEZE,
                FileLimits.DEFAULT_MEMORY_BUDGET,
                Optional.empty());
    }

    /** The same, for another branch. */
    public IngestOptions withBranch(String name) {
        return new IngestOptions(name, summary, token, targetFileSize, evolution, memoryBudget, sequenceColumn);
    }

    /** The same, with other summary properties. */
    public IngestOptions withSummary(Map<String, String> properties) {
        return new IngestOptions(branch, properties, token, targetFileSize, evolution, memoryBudget, sequenceColumn);
    }

    /** The same, with a token. */
    public IngestOptions withToken(ProducerToken newToken) {
        return new IngestOptions(
                branch, summary, Optional.of(newToken), targetFileSize, evolution, memoryBudget, sequenceColumn);
    }

    /** The same, with another target file size. */
    public IngestOptions withTargetFileSize(DataSize size) {
        return new IngestOptions(branch, summary, token, Optional.of(size), evolution, memoryBudget, sequenceColumn);
    }

    /** The same, with another rule for schemas that do not fit. */
    public IngestOptions withEvolution(SchemaEvolution rule) {
        return new IngestOptions(branch, summary, token, targetFileSize, rule, memoryBudget, sequenceColumn);
    }

    /** The same, with another memory budget. */
    public IngestOptions withMemoryBudget(DataSize budget) {
        return new IngestOptions(branch, summary, token, targetFileSize, evolution, budget, sequenceColumn);
    }

    /** The same, with a column that orders rows of equal keys. */
    public IngestOptions withSequenceColumn(String column) {
        return new IngestOptions(branch, summary, token, targetFileSize, evolution, memoryBudget, Optional.of(column));
    }

    FileLimits limits(Table table) {
        return new FileLimits(
                targetFileSize.orElseGet(() -> FileLimits.targetFileSize(table)),
                memoryBudget,
                FileLimits.DEFAULT_MAX_OPEN_FILES);
    }

    CommitRequest request() {
        return request(Set.of());
    }

    CommitRequest request(Set<String> loadedFiles) {
        return new CommitRequest(branch, summary, token, loadedFiles);
    }
}
