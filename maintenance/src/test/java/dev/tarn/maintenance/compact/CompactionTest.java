package dev.tarn.maintenance.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.Lake;
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
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
    private static final PartitionSpec BY_PART =
            PartitionSpec.builderFor(Lake.SCHEMA).identity("part").build();

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

    @Test
    void makesOneFileOfManyAndKeepsEveryRowAndItsLineage() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 3, Map.of());
        appendFiles(table, 6, 0);
        DataFile first = Lake.dataFiles(table).get(0);
        Lake.deleteByVector(table, first, 1, 3);
        Map<String, Integer> before = Lake.contents(table);

        CompactionResult result = compact(table, Map.of());

        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(result.rewrittenFiles()).isEqualTo(6);
        assertThat(result.addedFiles()).isEqualTo(1);
        assertThat(result.removedDeleteFiles()).isEqualTo(1);
        assertThat(Lake.contents(table)).isEqualTo(before).hasSize(58);
        assertThat(Lake.dataFiles(table)).hasSize(1);
        assertThat(table.currentSnapshot().summary()).containsEntry(SnapshotSummary.TOTAL_DELETE_FILES_PROP, "0");
    }

    @Test
    void keepsTheTokensOfProducersInTheNewSnapshot() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        table.newAppend().set("tarn.ingest.orders", "3:17").commit();
        appendFiles(table, 6, 0);

        compact(table, Map.of());

        assertThat(table.currentSnapshot().operation()).isEqualTo("replace");
        assertThat(table.currentSnapshot().summary()).containsEntry("tarn.ingest.orders", "3:17");
    }

    @Test
    void findsNothingInTheSecondRun() {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        appendFiles(table, 6, 0);
        appendFiles(table, 3, 1);

        compact(table, Map.of());
        long afterFirst = table.currentSnapshot().snapshotId();
        CompactionResult second = compact(table, Map.of());

        assertThat(second.status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
        assertThat(table.currentSnapshot().snapshotId()).isEqualTo(afterFirst);
    }

    @Test
    void planSaysWhyAGroupIsSkipped() {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        appendFiles(table, 3, 1);

        CompactionPlan plan = CompactionPlanner.plan(table, CompactionOptions.of(table, Map.of()));

        assertThat(plan.work()).isEmpty();
        assertThat(plan.groups()).singleElement().satisfies(group -> {
            assertThat(group.tier()).isEqualTo(Tier.SKIP);
            assertThat(group.partition()).isEqualTo("part=1");
            assertThat(group.reason()).contains("too few");
        });
    }

    @Test
    void planSurvivesItsJson() {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        appendFiles(table, 6, 4);

        CompactionPlan plan = CompactionPlanner.plan(table, CompactionOptions.of(table, Map.of()));

        assertThat(CompactionPlan.fromJson(plan.toJson())).isEqualTo(plan);
        assertThat(plan.toJson()).contains("\"snapshot-id\" : \"" + plan.snapshotId() + "\"");
    }

    @Test
    void appliesPositionAndEqualityDeletesOfFormatTwo() {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        List<DataFile> files = appendFiles(table, 5, 0);
        Record sample = Lake.row(table, 0, "x", 0);
        table.newRowDelta()
                .addDeletes(Lake.positionDelete(table, files.get(0), 0, 1))
                .commit();
        table.newRowDelta()
                .addDeletes(Lake.equalityDelete(table, sample, 15, 25))
                .commit();
        Map<String, Integer> before = Lake.contents(table);

        CompactionResult result = compact(table, Map.of());

        assertThat(result.addedFiles()).isEqualTo(1);
        assertThat(Lake.contents(table)).isEqualTo(before).hasSize(46);
        assertThat(Lake.dataFiles(table))
                .singleElement()
                .satisfies(file -> assertThat(file.recordCount()).isEqualTo(46));
        assertThat(table.currentSnapshot().summary()).containsEntry(SnapshotSummary.TOTAL_EQ_DELETES_PROP, "0");
    }

    @Test
    void rewritesASingleFileThatIsMostlyDeletedByEquality() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Record sample = Lake.row(table, 0, "x", 0);
        table.newRowDelta()
                .addDeletes(Lake.equalityDelete(table, sample, 0, 1, 2, 3))
                .commit();

        CompactionResult result = compact(table, Map.of());

        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(Lake.ids(table)).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(compact(table, Map.of()).status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
    }

    @Test
    void removesFilesWhoseRowsAreAllDeleted() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 3, Map.of());
        DataFile file = Lake.append(table, Lake.rows(table, 0, 3, 0));
        Lake.deleteByVector(table, file, 0, 1, 2);

        CompactionResult result = compact(table, Map.of());

        assertThat(result.addedFiles()).isZero();
        assertThat(Lake.dataFiles(table)).isEmpty();
    }

    @Test
    void writesTheCurrentSpecAndSchema() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFiles(table, 5, 0);
        table.updateSpec().addField("part").commit();
        table.updateSchema()
                .addColumn("added", Types.IntegerType.get())
                .renameColumn("name", "title")
                .commit();
        List<Long> before = Lake.ids(table);

        compact(table, Map.of());

        assertThat(Lake.ids(table)).isEqualTo(before);
        assertThat(Lake.dataFiles(table))
                .singleElement()
                .satisfies(
                        file -> assertThat(file.specId()).isEqualTo(table.spec().specId()));
    }

    @Test
    void rewritesTablesOfFormatOne() {
        Table table = lake.create("t", BY_PART, 1, Map.of());
        appendFiles(table, 5, 2);
        Map<String, Integer> before = Lake.contents(table);

        compact(table, Map.of());

        assertThat(Lake.contents(table)).isEqualTo(before).hasSize(50);
        assertThat(Lake.dataFiles(table)).hasSize(1);
    }

    @Test
    void givesRowsOfAnUpgradedTableTheirIds() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        List<DataFile> files = appendFiles(table, 5, 0);
        table.newRowDelta()
                .addDeletes(Lake.positionDelete(table, files.get(0), 0, 1))
                .commit();
        table.updateProperties().set("format-version", "3").commit();
        List<Long> before = Lake.ids(table);

        compact(table, Map.of());

        assertThat(Lake.ids(table)).isEqualTo(before).hasSize(48);
        assertThat(Lake.contents(table).keySet()).noneMatch(row -> row.endsWith("null|") || row.endsWith("null|null|"));
    }

    @Test
    void keepsGroupsThatWereCommittedWhenALaterOneFails() throws IOException {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        appendFiles(table, 5, 0);
        List<DataFile> broken = appendFiles(table, 5, 1);
        Files.delete(LocalFileIO.toPath(broken.get(0).location()));

        CompactionResult result =
                compact(table, Map.of("partial-progress.enabled", "true", "partial-progress.max-commits", "2"));

        assertThat(result.status()).isEqualTo(MaintenanceStatus.PARTIAL);
        assertThat(result.failedGroups()).isEqualTo(1);
        assertThat(result.failure()).contains("partition part=1");
        assertThat(result.commits()).hasSize(1);
        assertThat(Lake.dataFiles(table)).hasSize(1 + 5);
    }

    @Test
    void aFilterDoesNotHideDeletesOfRowsOutsideOfIt() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        for (int file = 0; file < 5; file++) {
            Lake.append(table, Lake.rows(table, file * 100L, file * 100L + 100, 0));
        }
        Record sample = Lake.row(table, 0, "x", 0);
        table.newRowDelta().addDeletes(Lake.equalityDelete(table, sample, 90)).commit();
        List<Long> before = Lake.ids(table);
        CompactionOptions options =
                CompactionOptions.of(table, Map.of("rewrite-all", "true")).withWhere(Expressions.lessThan("id", 10L));

        CompactionPlan plan = CompactionPlanner.plan(table, options);
        CompactionExecutor.run(table, plan, options, MaintenanceProgress.silent());

        assertThat(plan.work())
                .singleElement()
                .satisfies(group -> assertThat(group.inputs()).hasSize(1));
        assertThat(Lake.ids(table)).isEqualTo(before).doesNotContain(90L);
    }

    @Test
    void cutsAFileThatIsTooLarge() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        DataFile file = Lake.append(table, Lake.rows(table, 0, 5000, 0));
        String target = Long.toString(file.fileSizeInBytes() / 3);

        compact(table, Map.of("target-file-size-bytes", target));

        assertThat(Lake.dataFiles(table)).hasSizeBetween(3, 4);
        assertThat(Lake.ids(table)).hasSize(5000).doesNotHaveDuplicates();
    }

    @Test
    void commitsOnTheGivenBranchOnly() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFiles(table, 5, 0);
        long main = table.currentSnapshot().snapshotId();
        table.manageSnapshots().createBranch("side", main).commit();

        compact(table, Map.of("branch", "side"));

        assertThat(table.currentSnapshot().snapshotId()).isEqualTo(main);
        assertThat(table.snapshot("side").snapshotId()).isNotEqualTo(main);
        assertThat(Lake.contents(table, table.snapshot("side").snapshotId())).isEqualTo(Lake.contents(table, main));
    }

    @Test
    void commitsGroupsApartWithPartialProgress() {
        Table table = lake.create("t", BY_PART, 2, Map.of());
        appendFiles(table, 5, 0);
        appendFiles(table, 5, 1);
        appendFiles(table, 5, 2);
        List<Long> before = Lake.ids(table);

        CompactionResult result =
                compact(table, Map.of("partial-progress.enabled", "true", "partial-progress.max-commits", "3"));

        assertThat(result.commits()).hasSize(3);
        assertThat(Lake.ids(table)).isEqualTo(before);
    }

    @Test
    void refusesUnknownOptionsAndWrongNumbers() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());

        assertThatThrownBy(() -> CompactionOptions.of(table, Map.of("target-size", "1")))
                .isInstanceOf(TarnException.class)
                .hasMessage("unknown compaction options [target-size]");
        assertThatThrownBy(() -> CompactionOptions.of(table, Map.of("min-input-files", "many")))
                .isInstanceOf(TarnException.class)
                .hasMessage("min-input-files must be a whole number but was 'many'");
    }

    @Test
    void refusesAPlanWhoseSnapshotIsGone() {
        Table table = lake.create("t", PartitionSpec.unpartitioned(), 2, Map.of());
        appendFiles(table, 5, 0);
        CompactionOptions options = CompactionOptions.of(table, Map.of());
        CompactionPlan plan = CompactionPlanner.plan(table, options);
        CompactionPlan wrong = new CompactionPlan(plan.tableName(), 42, plan.groups());

        assertThatThrownBy(() -> CompactionExecutor.run(table, wrong, options, MaintenanceProgress.silent()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                .hasMessageContaining("snapshot 42");
    }

    private static List<DataFile> appendFiles(Table table, int files, int part) {
        List<DataFile> appended = new ArrayList<>();
        for (int file = 0; file < files; file++) {
            appended.add(Lake.append(table, Lake.rows(table, file * 10L, file * 10L + 10, part)));
        }
        return appended;
    }

    static CompactionResult compact(Table table, Map<String, String> given) {
        table.refresh();
        CompactionOptions options = CompactionOptions.of(table, given);
        CompactionPlan plan = CompactionPlanner.plan(table, options);
        CompactionResult result = CompactionExecutor.run(table, plan, options, MaintenanceProgress.silent());
        table.refresh();
        return result;
    }
}
