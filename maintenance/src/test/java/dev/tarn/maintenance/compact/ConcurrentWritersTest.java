package dev.tarn.maintenance.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.Lake;
import dev.tarn.maintenance.LostAnswer;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other writers commit between the plan and the commit of a compaction. */
class ConcurrentWritersTest {
    @TempDir
    private Path folder;

    private Lake lake;

    @BeforeEach
    void openLake() {
        lake = Lake.in(folder);
    }

    @AfterEach
    void closeLake() throws IOException {
        lake.close();
    }

    /** Iceberg's own rewrite drops equality deletes that its outputs need. */
    @Test
    void equalityDeletesCommittedMeanwhileAreNotLost() {
        Table core = lake.create("core", PartitionSpec.unpartitioned(), 2, Map.of());
        DataFile old = Lake.append(core, Lake.rows(core, 0, 10, 0));
        long startingSequenceNumber = core.currentSnapshot().sequenceNumber();
        long start = core.currentSnapshot().snapshotId();
        deleteByEqualityAndAppend(core);
        DataFile rewritten = Lake.write(core, Lake.rows(core, 0, 10, 0));
        core.newRewrite()
                .validateFromSnapshot(start)
                .deleteFile(old)
                .addFile(rewritten)
                .dataSequenceNumber(startingSequenceNumber)
                .commit();

        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Planned planned = plan(table, Map.of("rewrite-all", "true"));
        deleteByEqualityAndAppend(lake.load("t"));
        CompactionResult result = planned.run();

        assertThat(Lake.ids(core)).as("what iceberg-core leaves").contains(3L);
        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(Lake.ids(table)).hasSize(19).doesNotContain(3L);
    }

    @Test
    void equalityDeletesCommittedMeanwhileApplyToTheOutputs() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFive(table);
        Planned planned = plan(table, Map.of());
        Table writer = lake.load("t");
        Record sample = Lake.row(writer, 0, "x", 0);
        writer.newRowDelta().addDeletes(Lake.equalityDelete(writer, sample, 3)).commit();

        planned.run();

        assertThat(Lake.ids(table)).hasSize(49).doesNotContain(3L);
    }

    @Test
    void deletionVectorsCommittedMeanwhileAreAppliedByRewritingAgain() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 3, Map.of());
        List<DataFile> files = appendFive(table);
        Planned planned = plan(table, Map.of());
        Table writer = lake.load("t");
        Lake.deleteByVector(writer, files.get(2), 0, 5);
        Map<String, Integer> expected = Lake.contents(writer);

        CompactionResult result = planned.run();

        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(Lake.contents(table)).isEqualTo(expected).hasSize(48);
        assertThat(Lake.dataFiles(table)).hasSize(1);
        assertThat(dataFilesOnDisk())
                .as("outputs that were written in vain are gone")
                .isEqualTo(5 + 1);
    }

    @Test
    void positionDeletesCommittedMeanwhileAreAppliedByRewritingAgain() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        List<DataFile> files = appendFive(table);
        Planned planned = plan(table, Map.of());
        Table writer = lake.load("t");
        writer.newRowDelta()
                .addDeletes(Lake.positionDelete(writer, files.get(0), 4))
                .commit();

        planned.run();

        assertThat(Lake.ids(table)).hasSize(49).doesNotContain(4L);
    }

    @Test
    void filesThatWereRemovedMeanwhileStayRemoved() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        List<DataFile> files = appendFive(table);
        Planned planned = plan(table, Map.of());
        lake.load("t").newDelete().deleteFile(files.get(0)).commit();

        planned.run();

        assertThat(Lake.ids(table)).hasSize(40).doesNotContain(0L, 9L);
    }

    @Test
    void onlyTheGroupThatMetTheChangeIsRewrittenAgain() {
        PartitionSpec byPart =
                PartitionSpec.builderFor(Lake.SCHEMA).identity("part").build();
        Table table = lake.create("t", byPart, 3, Map.of());
        List<DataFile> files = new ArrayList<>();
        for (int part = 0; part < 2; part++) {
            for (int file = 0; file < 5; file++) {
                files.add(Lake.append(table, Lake.rows(table, file * 10L, file * 10L + 10, part)));
            }
        }
        Planned planned = plan(table, Map.of());
        Table writer = lake.load("t");
        Lake.deleteByVector(writer, files.get(0), 0);
        Map<String, Integer> expected = Lake.contents(writer);

        CompactionResult result = planned.run();

        assertThat(result.commits()).as("one for each snapshot that was read").hasSize(2);
        assertThat(Lake.contents(table)).isEqualTo(expected);
        assertThat(Lake.dataFiles(table)).hasSize(2);
    }

    @Test
    void aFailureLeavesNoOutputBehind() throws IOException {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        List<DataFile> files = appendFive(table);
        Planned planned = plan(table, Map.of());
        Files.delete(LocalFileIO.toPath(files.get(4).location()));

        assertThatThrownBy(planned::run)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessageContaining("Cannot rewrite 5 files")
                .hasMessageContaining("its files are as they were");

        assertThat(dataFilesOnDisk()).isEqualTo(4);
        table.refresh();
        assertThat(table.currentSnapshot().snapshotId()).isEqualTo(planned.plan.snapshotId());
    }

    @Test
    void aCommitWhoseAnswerWasLostIsFoundAgain() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFive(table);
        Planned planned = plan(LostAnswer.afterCommitting(table), Map.of());

        CompactionResult result = planned.run();

        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(Lake.dataFiles(table)).hasSize(1);
        assertThat(result.commits()).containsExactly(table.currentSnapshot().snapshotId());
    }

    @Test
    void nothingIsDeletedIfItIsNotKnownWhetherTheCommitTookPlace() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFive(table);
        Planned planned = plan(LostAnswer.insteadOfCommitting(table), Map.of());

        assertThatThrownBy(planned::run)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME))
                .hasMessageContaining("look for a snapshot with tarn.commit-id=");
        assertThat(dataFilesOnDisk()).isEqualTo(5 + 1);
        assertThat(Lake.ids(table)).hasSize(50);
    }

    @Test
    void aPlanWithForeignFilesIsRefused() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFive(table);
        CompactionOptions options = CompactionOptions.of(table, Map.of());
        CompactionGroup group = new CompactionGroup(
                0, "", Tier.ROWS, "by hand", 1, List.of(new CompactionInput("file:///elsewhere", 1, 1, 0)));
        CompactionPlan plan =
                new CompactionPlan(table.name(), table.currentSnapshot().snapshotId(), List.of(group));

        assertThatThrownBy(() -> CompactionExecutor.run(table, plan, options, MaintenanceProgress.silent()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("plan again");
    }

    private record Planned(Table table, CompactionPlan plan, CompactionOptions options) {
        private CompactionResult run() {
            return CompactionExecutor.run(table, plan, options, MaintenanceProgress.silent());
        }
    }

    private static Planned plan(Table table, Map<String, String> given) {
        CompactionOptions options = CompactionOptions.of(table, given);
        return new Planned(table, CompactionPlanner.plan(table, options), options);
    }

    private static List<DataFile> appendFive(Table table) {
        List<DataFile> files = new ArrayList<>();
        for (int file = 0; file < 5; file++) {
            files.add(Lake.append(table, Lake.rows(table, file * 10L, file * 10L + 10, 0)));
        }
        return files;
    }

    private static void deleteByEqualityAndAppend(Table table) {
        Record sample = Lake.row(table, 0, "x", 0);
        table.newRowDelta().addDeletes(Lake.equalityDelete(table, sample, 3)).commit();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
    }

    private long dataFilesOnDisk() {
        List<String> files = new ArrayList<>();
        new LocalFileIO()
                .listPrefix(LocalFileIO.toLocation(folder.resolve("warehouse")))
                .forEach(file -> files.add(file.location()));
        return files.stream().filter(file -> file.endsWith(".parquet")).count();
    }
}
