package dev.tarn.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.maintenance.compact.CompactionExecutor;
import dev.tarn.maintenance.compact.CompactionOptions;
import dev.tarn.maintenance.compact.CompactionPlanner;
import dev.tarn.maintenance.compact.CompactionResult;
import dev.tarn.maintenance.expire.ExpiryExecutor;
import dev.tarn.maintenance.expire.ExpiryOptions;
import dev.tarn.maintenance.expire.ExpiryPlan;
import dev.tarn.maintenance.expire.ExpiryPlanner;
import dev.tarn.maintenance.expire.ExpiryResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Maintenance of tables with random histories. A failure names the seed. */
class RandomHistoryTest {
    private static final int STEPS = 18;
    private static final PartitionSpec BY_PART =
            PartitionSpec.builderFor(Lake.SCHEMA).identity("part").build();

    @TempDir
    private Path folder;

    static Stream<Arguments> seeds() {
        // Two fixed seeds and a new one for each version and each run.
        return Stream.of(2, 3)
                .flatMap(version ->
                        LongStream.of(1, 2, System.nanoTime()).mapToObj(seed -> Arguments.of(version, seed)));
    }

    @ParameterizedTest(name = "format {0}, seed {1}")
    @MethodSource("seeds")
    void everyRetainedSnapshotKeepsItsRowsAndALaterRunFindsNothing(int formatVersion, long seed) throws IOException {
        try (Lake lake = Lake.in(folder)) {
            Random random = new Random(seed);
            Table table = lake.create(
                    "t", random.nextBoolean() ? BY_PART : PartitionSpec.unpartitioned(), formatVersion, Map.of());
            for (int step = 0; step < STEPS; step++) {
                change(table, random, step);
            }
            table.refresh();
            Map<String, Integer> head = Lake.contents(table);
            Map<Long, Map<String, Integer>> snapshots = new HashMap<>();
            for (Snapshot snapshot : table.snapshots()) {
                snapshots.put(snapshot.snapshotId(), Lake.contents(table, snapshot.snapshotId()));
            }

            // Files that come from another spec meet those of the current one in the second run at the latest.
            compact(table);
            compact(table);
            CompactionResult third = compact(table);

            assertThat(Lake.contents(table)).isEqualTo(head);
            assertThat(third.status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
            assertSameRows(table, snapshots);

            expire(table);
            ExpiryResult secondExpiry = expire(table);

            assertThat(Lake.contents(table)).isEqualTo(head);
            assertThat(secondExpiry.status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
            assertSameRows(table, snapshots);
        }
    }

    private static void assertSameRows(Table table, Map<Long, Map<String, Integer>> before) {
        for (Snapshot snapshot : table.snapshots()) {
            Map<String, Integer> expected = before.get(snapshot.snapshotId());
            if (expected != null) {
                assertThat(Lake.contents(table, snapshot.snapshotId()))
                        .as("snapshot %d", snapshot.snapshotId())
                        .isEqualTo(expected);
            }
        }
    }

    private static void change(Table table, Random random, int step) {
        table.refresh();
        int part = random.nextInt(3);
        int kind = step < 3 ? 0 : random.nextInt(10);
        if (kind < 4) {
            long from = random.nextInt(50);
            Lake.append(table, Lake.rows(table, from, from + 1 + random.nextInt(20), part));
        } else if (kind < 6) {
            deletePositions(table, random);
        } else if (kind == 6) {
            Record sample = Lake.row(table, 0, "x", part);
            table.newRowDelta()
                    .addDeletes(Lake.equalityDelete(table, sample, random.nextInt(50), random.nextInt(50)))
                    .commit();
        } else if (kind == 7) {
            table.manageSnapshots()
                    .createTag("tag-" + step, table.currentSnapshot().snapshotId())
                    .commit();
            DataFile file = Lake.write(table, Lake.rows(table, 0, 5, part));
            table.manageSnapshots()
                    .createBranch("branch-" + step, table.currentSnapshot().snapshotId())
                    .commit();
            table.newAppend().appendFile(file).toBranch("branch-" + step).commit();
        } else if (kind == 8) {
            table.updateSchema()
                    .addColumn("added_" + step, Types.LongType.get())
                    .commit();
        } else {
            changeSpec(table, step);
        }
    }

    private static void changeSpec(Table table, int step) {
        if (table.spec().isUnpartitioned()) {
            table.updateSpec().addField("part").commit();
        } else {
            table.updateSpec()
                    .addField("bucket_" + step, Expressions.bucket("id", 2 + step))
                    .commit();
            table.updateSpec().removeField("bucket_" + step).commit();
        }
    }

    private static void deletePositions(Table table, Random random) {
        List<DataFile> files = Lake.dataFiles(table);
        if (files.isEmpty()) {
            return;
        }
        DataFile file = files.get(random.nextInt(files.size()));
        long position = random.nextInt((int) file.recordCount());
        if (TableUtil.formatVersion(table) >= 3) {
            Lake.deleteByVector(table, file, position);
        } else {
            table.newRowDelta()
                    .addDeletes(Lake.positionDelete(table, file, position))
                    .commit();
        }
    }

    private static CompactionResult compact(Table table) {
        table.refresh();
        CompactionOptions options = CompactionOptions.of(table, Map.of("min-input-files", "2"));
        CompactionResult result = CompactionExecutor.run(
                table, CompactionPlanner.plan(table, options), options, MaintenanceProgress.silent());
        table.refresh();
        return result;
    }

    private ExpiryResult expire(Table table) {
        Instant now = Instant.now().plusMillis(1);
        ExpiryOptions options =
                ExpiryOptions.of(table, Map.of("max-age", "PT0S", "retain-last", "2"), folder.resolve("journals"), now);
        ExpiryPlan plan = ExpiryPlanner.plan(table, options, now);
        return new ExpiryExecutor().run(table, plan, options, MaintenanceProgress.silent());
    }
}
