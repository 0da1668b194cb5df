package dev.tarn.writer.ingest;

import dev.tarn.common.DataSize;
import dev.tarn.writer.change.ChangeOptions;
import dev.tarn.writer.change.RowDeletes;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.files.FileLimits;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;

/**
 * How an {@link Ingest} works. Immutable; begin with {@link #defaults()}.
 *
 * @param branch where snapshots go; it must exist unless it is {@code main}
 * @param summary properties for the snapshot summary
 * @param tokens make one call happen once, one for each producer whose work is in it; use each token for one call only
 * @param follows by producer, the token that the table must still have when the call commits; see {@link CommitRequest}
 * @param targetFileSize overrides the table's {@code write.target-file-size-bytes}
 * @param evolution what happens to batches that the schema does not cover
 * @param memoryBudget bytes of unfinished row groups held in memory; also bounds the keys of one upsert
 * @param sequenceColumn among rows of one upsert with equal keys the largest value of this column wins, not the last row
 * @param rowDeletes how replaced and removed rows are taken out
 * @param keyIndex local folder where the key index of a table lives between calls; without it upserts read the key columns
 * @param gates what every batch has to pass before it is written, in this order
 * @param columnMatching how columns of batches find theirs in the table
 * @param spillFolder local folder for rows that wait for their files beyond the memory budget; the system's temporary folder
 *     if absent
 * @param sketches whether sketches of distinct values are written beside the snapshot, for planners
 */
public record IngestOptions(
        String branch,
        Map<String, String> summary,
        List<ProducerToken> tokens,
        Map<String, Optional<ProducerToken>> follows,
        Optional<DataSize> targetFileSize,
        SchemaEvolution evolution,
        DataSize memoryBudget,
        Optional<String> sequenceColumn,
        RowDeletes rowDeletes,
        Optional<Path> keyIndex,
        List<WriteGate.Factory> gates,
        ColumnMatching columnMatching,
        Optional<Path> spillFolder,
        boolean sketches) {
    /** Copies the collections. */
    public IngestOptions {
        summary = Map.copyOf(summary);
        tokens = List.copyOf(tokens);
        follows = Map.copyOf(follows);
        gates = List.copyOf(gates);
    }

    /** Main branch, no token, the table's file size, a frozen schema. */
    public static IngestOptions defaults() {
        return new Values().options();
    }

    /** The same, for another branch. */
    public IngestOptions withBranch(String name) {
        return with(values -> values.branch = name);
    }

    /** The same, with other summary properties. */
    public IngestOptions withSummary(Map<String, String> properties) {
        return with(values -> values.summary = properties);
    }

    /** The same, with a token. */
    public IngestOptions withToken(ProducerToken newToken) {
        return withTokens(List.of(newToken), Map.of());
    }

    /** The same, with the tokens of several producers, and what some of them must follow. */
    public IngestOptions withTokens(List<ProducerToken> newTokens, Map<String, Optional<ProducerToken>> newFollows) {
        return with(values -> {
            values.tokens = newTokens;
            values.follows = newFollows;
        });
    }

    /** The first token, if there is any. */
    public Optional<ProducerToken> token() {
        return tokens.stream().findFirst();
    }

    /** The same, with another target file size. */
    public IngestOptions withTargetFileSize(DataSize size) {
        return with(values -> values.targetFileSize = Optional.of(size));
    }

    /** The same, with another rule for schemas that do not fit. */
    public IngestOptions withEvolution(SchemaEvolution rule) {
        return with(values -> values.evolution = rule);
    }

    /** The same, with another memory budget. */
    public IngestOptions withMemoryBudget(DataSize budget) {
        return with(values -> values.memoryBudget = budget);
    }

    /** The same, with a column that orders rows of equal keys. */
    public IngestOptions withSequenceColumn(String column) {
        return with(values -> values.sequenceColumn = Optional.of(column));
    }

    /** The same, with another way to take rows out. */
    public IngestOptions withRowDeletes(RowDeletes way) {
        return with(values -> values.rowDeletes = way);
    }

    /** The same, with a key index kept in a local folder. */
    public IngestOptions withKeyIndex(Path folder) {
        return with(values -> values.keyIndex = Optional.of(folder));
    }

    /** The same, with other gates. */
    public IngestOptions withGates(List<WriteGate.Factory> others) {
        return with(values -> values.gates = others);
    }

    /** The same, with another way to match columns. */
    public IngestOptions withColumnMatching(ColumnMatching way) {
        return with(values -> values.columnMatching = way);
    }

    /** The same, with another folder to spill to. */
    public IngestOptions withSpillFolder(Path folder) {
        return with(values -> values.spillFolder = Optional.of(folder));
    }

    /** The same, with or without sketches of distinct values. */
    public IngestOptions withSketches(boolean wanted) {
        return with(values -> values.sketches = wanted);
    }

    FileLimits limits(Table table) {
        return new FileLimits(
                targetFileSize.orElseGet(() -> FileLimits.targetFileSize(table)),
                memoryBudget,
                FileLimits.DEFAULT_MAX_OPEN_FILES,
                spillFolder.orElseGet(FileLimits::defaultSpillFolder),
                FileLimits.DEFAULT_SPILL_LIMIT);
    }

    ChangeOptions changes(Table table) {
        return new ChangeOptions(branch, rowDeletes, sequenceColumn, keyIndex, limits(table));
    }

    /** What goes with the commit, with everything that the gates add to it. */
    CommitRequest request(WriteGates gates) {
        return request(gates.summary()).withChecks(gates.commitChecks());
    }

    /** What goes with the commit, with what the gates add to its summary. */
    CommitRequest request(Map<String, String> ofGates) {
        Map<String, String> all = new HashMap<>(summary);
        all.putAll(ofGates);
        return new CommitRequest(branch, all, tokens, follows);
    }

    private IngestOptions with(Consumer<Values> change) {
        Values values = new Values();
        values.branch = branch;
        values.summary = summary;
        values.tokens = tokens;
        values.follows = follows;
        values.targetFileSize = targetFileSize;
        values.evolution = evolution;
        values.memoryBudget = memoryBudget;
        values.sequenceColumn = sequenceColumn;
        values.rowDeletes = rowDeletes;
        values.keyIndex = keyIndex;
        values.gates = gates;
        values.columnMatching = columnMatching;
        values.spillFolder = spillFolder;
        values.sketches = sketches;
        change.accept(values);
        return values.options();
    }

    /** The components while they are changed; what stands here is the default. */
    private static final class Values {
        private String branch = SnapshotRef.MAIN_BRANCH;
        private Map<String, String> summary = Map.of();
        private List<ProducerToken> tokens = List.of();
        private Map<String, Optional<ProducerToken>> follows = Map.of();
        private Optional<DataSize> targetFileSize = Optional.empty();
        private SchemaEvolution evolution = SchemaEvolution.FREEZE;
        private DataSize memoryBudget = FileLimits.DEFAULT_MEMORY_BUDGET;
        private Optional<String> sequenceColumn = Optional.empty();
        private RowDeletes rowDeletes = RowDeletes.POSITIONS;
        private Optional<Path> keyIndex = Optional.empty();
        private List<WriteGate.Factory> gates = List.of();
        private ColumnMatching columnMatching = ColumnMatching.NAME;
        private Optional<Path> spillFolder = Optional.empty();
        private boolean sketches;

        IngestOptions options() {
            return new IngestOptions(
                    branch,
                    summary,
                    tokens,
                    follows,
                    targetFileSize,
                    evolution,
                    memoryBudget,
                    sequenceColumn,
                    rowDeletes,
                    keyIndex,
                    gates,
                    columnMatching,
                    spillFolder,
                    sketches);
        }
    }
}
