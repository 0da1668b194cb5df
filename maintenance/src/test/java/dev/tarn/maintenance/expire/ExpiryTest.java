package dev.tarn.maintenance.expire;

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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.GenericStatisticsFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryTest {
    @TempDir
    private Path folder;

    private Lake lake;
    private Table table;

    @BeforeEach
    void openLake() {
        lake = Lake.in(folder);
        table = lake.create("t", PartitionSpec.unpartitioned(), 3, Map.of());
    }

    @AfterEach
    void closeLake() throws IOException {
        lake.close();
    }

    @Test
    void deletesWhatOnlyExpiredSnapshotsReach() {
        DataFile replaced = Lake.append(table, Lake.rows(table, 0, 10, 0));
        Snapshot first = table.currentSnapshot();
        DataFile replacement = Lake.write(table, Lake.rows(table, 0, 5, 0));
        table.newOverwrite().deleteFile(replaced).addFile(replacement).commit();
        Map<String, Integer> before = Lake.contents(table);

        ExpiryPlan plan = plan(Map.of());
        ExpiryResult result = run(plan, Map.of());

        assertThat(plan.snapshotIds()).containsExactly(first.snapshotId());
        assertThat(plan.files(FileKind.DATA)).extracting(TableFile::location).containsExactly(replaced.location());
        assertThat(plan.files(FileKind.MANIFEST_LIST))
                .extracting(TableFile::location)
                .containsExactly(first.manifestListLocation());
        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(result.deletedFiles()).isEqualTo(plan.files().size());
        assertThat(exists(replaced.location())).isFalse();
        assertThat(exists(first.manifestListLocation())).isFalse();
        assertThat(Lake.contents(table)).isEqualTo(before);
        assertThat(run(plan(Map.of()), Map.of()).status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
        assertThat(journals()).isEmpty();
    }

    @Test
    void planSurvivesItsJson() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Lake.append(table, Lake.rows(table, 10, 20, 0));

        ExpiryPlan plan = plan(Map.of());

        assertThat(ExpiryPlan.fromJson(plan.toJson())).isEqualTo(plan);
        assertThat(plan.toJson()).contains("\"" + plan.snapshotIds().get(0) + "\"");
    }

    /** Iceberg's own clean-up deletes a file that was removed and added again. */
    @Test
    void keepsALiveFileThatWasRemovedAndAddedAgain() {
        DataFile file = removeAndAddAgain(table);
        Table other = lake.create("other", PartitionSpec.unpartitioned(), 3, Map.of());
        DataFile lost = removeAndAddAgain(other);

        other.expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .commit();
        run(plan(Map.of()), Map.of());

        assertThat(exists(lost.location())).as("what iceberg-core leaves").isFalse();
        assertThat(exists(file.location())).isTrue();
        assertThat(Lake.ids(table)).hasSize(20);
    }

    /** Iceberg's own clean-up takes a manifest list that it cannot read for an empty one. */
    @Test
    void deletesNothingIfARetainedManifestListCannotBeRead() throws IOException {
        appendSix(table);
        Table other = lake.create("other", PartitionSpec.unpartitioned(), 3, Map.of());
        appendSix(other);
        ExpiryPlan plan = plan(Map.of());
        List<ManifestFile> liveOfOther = other.currentSnapshot().allManifests(other.io());
        TreeSet<String> filesBefore = files();
        Table unread = lake.load("t");
        Path hiddenOfOther = hide(other.currentSnapshot().manifestListLocation());
        Path hidden = hide(table.currentSnapshot().manifestListLocation());

        lake.load("other")
                .expireSnapshots()
                .expireOlderThan(System.currentTimeMillis() + 1)
                .retainLast(1)
                .commit();
        assertThatThrownBy(
                        () -> new ExpiryExecutor().run(unread, plan, options(Map.of()), MaintenanceProgress.silent()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessageContaining("No file of lake.db.t was deleted")
                .hasMessageContaining(table.currentSnapshot().manifestListLocation());

        show(hiddenOfOther);
        show(hidden);
        assertThat(liveOfOther)
                .as("what iceberg-core leaves")
                .anySatisfy(manifest -> assertThat(exists(manifest.path())).isFalse());
        filesBefore.removeIf(file -> file.contains("/other/"));
        assertThat(files()).containsAll(filesBefore);
        assertThat(Lake.ids(table)).hasSize(60);
        assertThat(table.snapshots()).hasSize(6);
    }

    @Test
    void deletesNothingIfARetainedManifestCannotBeRead() throws IOException {
        DataFile file = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newDelete().deleteFile(file).commit();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        ExpiryPlan plan = plan(Map.of());
        Path hidden =
                hide(table.currentSnapshot().allManifests(table.io()).get(0).path());

        assertThatThrownBy(() -> run(plan, Map.of()))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("cannot read the manifest");

        show(hidden);
        assertThat(exists(file.location())).isTrue();
        assertThat(journals()).isEmpty();
    }

    @Test
    void keepsFilesOfTagsBranchesAndStagedSnapshots() {
        DataFile tagged = Lake.append(table, Lake.rows(table, 0, 10, 0));
        long taggedId = table.currentSnapshot().snapshotId();
        table.manageSnapshots().createTag("release", taggedId).commit();
        DataFile onBranch = Lake.write(table, Lake.rows(table, 10, 20, 0));
        table.manageSnapshots().createBranch("side", taggedId).commit();
        table.newAppend().appendFile(onBranch).toBranch("side").commit();
        DataFile staged = Lake.write(table, Lake.rows(table, 20, 30, 0));
        table.newAppend().appendFile(staged).stageOnly().commit();
        table.newDelete().deleteFile(tagged).commit();
        Lake.append(table, Lake.rows(table, 30, 40, 0));

        ExpiryPlan plan = plan(Map.of("max-age", "PT1H", "retain-last", "1"));
        run(plan, Map.of("max-age", "PT1H"));
        assertThat(exists(staged.location())).isTrue();
        run(plan(Map.of()), Map.of());

        assertThat(exists(tagged.location())).isTrue();
        assertThat(exists(onBranch.location())).isTrue();
        assertThat(exists(staged.location())).as("staged and old").isFalse();
        assertThat(Lake.contents(table, taggedId)).hasSize(10);
    }

    @Test
    void deletesStatisticsOfExpiredSnapshotsOnly() throws IOException {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        StatisticsFile old = statistics();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        StatisticsFile current = statistics();

        ExpiryPlan plan = plan(Map.of());
        run(plan, Map.of());

        assertThat(plan.files(FileKind.STATISTICS))
                .extracting(TableFile::location)
                .containsExactly(old.path());
        assertThat(exists(old.path())).isFalse();
        assertThat(exists(current.path())).isTrue();
    }

    @Test
    void waitsForTheGracePeriodAndThenResumes() {
        DataFile file = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newDelete().deleteFile(file).commit();

        ExpiryResult first = run(plan(Map.of()), Map.of("delete-grace", "PT1H"));
        ExpiryExecutor later = new ExpiryExecutor(Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC));

        assertThat(first.deletedFiles()).isZero();
        assertThat(first.waitingFiles()).isPositive();
        assertThat(exists(file.location())).isTrue();
        ExpiryResult second = later.resume(lake.load("t"), options(Map.of()), MaintenanceProgress.silent());
        assertThat(second.deletedFiles()).isEqualTo(first.waitingFiles());
        assertThat(exists(file.location())).isFalse();
        assertThat(journals()).isEmpty();
    }

    @Test
    void keepsAFileThatCameBackDuringTheGracePeriod() {
        DataFile file = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newDelete().deleteFile(file).commit();
        run(plan(Map.of()), Map.of("delete-grace", "PT1H"));
        table.newAppend().appendFile(file).commit();

        ExpiryResult result = new ExpiryExecutor(Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC))
                .resume(table, options(Map.of()), MaintenanceProgress.silent());

        assertThat(result.keptFiles()).isEqualTo(1);
        assertThat(exists(file.location())).isTrue();
        assertThat(Lake.ids(table)).hasSize(10);
    }

    @Test
    void aJournalOfARunThatNeverCommittedDeletesNothing() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        ExpiryPlan plan = plan(Map.of());
        DeletionJournal.create(folder.resolve("journals"), table, Instant.now(), plan.snapshotIds(), plan.files());
        TreeSet<String> before = files();

        ExpiryResult result = new ExpiryExecutor().resume(table, options(Map.of()), MaintenanceProgress.silent());

        assertThat(result.deletedFiles()).isZero();
        assertThat(files()).isEqualTo(before);
        assertThat(run(plan, Map.of()).deletedFiles()).isEqualTo(plan.files().size());
        assertThat(journals()).isEmpty();
    }

    @Test
    void nothingIsDeletedAfterALostAnswerUntilTheNextRunHasLooked() {
        DataFile file = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newDelete().deleteFile(file).commit();
        ExpiryPlan plan = plan(Map.of());

        assertThatThrownBy(() -> new ExpiryExecutor()
                        .run(LostAnswer.afterCommitting(table), plan, options(Map.of()), MaintenanceProgress.silent()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNKNOWN_OUTCOME))
                .hasMessageContaining("no file was deleted");
        assertThat(exists(file.location())).isTrue();

        ExpiryResult next = new ExpiryExecutor().resume(table, options(Map.of()), MaintenanceProgress.silent());
        assertThat(next.deletedFiles()).isEqualTo(plan.files().size());
        assertThat(exists(file.location())).isFalse();
    }

    @Test
    void aDamagedJournalStopsTheDeletion() throws IOException {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Files.createDirectories(folder.resolve("journals"));
        Files.writeString(folder.resolve("journals").resolve(table.uuid() + "-x.json"), "{");

        assertThatThrownBy(() -> new ExpiryExecutor().resume(table, options(Map.of()), MaintenanceProgress.silent()))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void refusesATableThatForbidsDeletion() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.updateProperties().set("gc.enabled", "false").commit();

        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("gc.enabled is false");
    }

    @Test
    void refusesToExpireASnapshotThatARefPointsAt() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        String id = Long.toString(table.currentSnapshot().snapshotId());

        assertThatThrownBy(() -> plan(Map.of("snapshot-ids", id)))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("the ref 'main' points at it");
    }

    @Test
    void aTagMadeAfterThePlanStopsTheRun() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        long first = table.currentSnapshot().snapshotId();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        ExpiryPlan plan = plan(Map.of());
        lake.load("t").manageSnapshots().createTag("late", first).commit();

        assertThatThrownBy(() -> run(plan, Map.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                .hasMessageContaining("plan again");
        assertThat(Lake.contents(table, first)).hasSize(10);
        assertThat(journals()).isEmpty();
    }

    @Test
    void refusesOptionsThatAreUnknownOrContradictory() {
        assertThatThrownBy(() -> options(Map.of("keep", "3")))
                .isInstanceOf(TarnException.class)
                .hasMessage("unknown expiry options [keep]");
        assertThatThrownBy(() -> options(Map.of("max-age", "P1D", "older_than", "2026-01-01T00:00:00Z")))
                .isInstanceOf(TarnException.class)
                .hasMessage("give older-than or max-age, not both");
        assertThatThrownBy(() -> options(Map.of("retain_last", "0")))
                .isInstanceOf(TarnException.class)
                .hasMessage("retain-last must be at least 1 but was 0");
    }

    private static DataFile removeAndAddAgain(Table table) {
        DataFile file = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newOverwrite().deleteFile(file).addFile(file).commit();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        return file;
    }

    private static void appendSix(Table table) {
        for (int file = 0; file < 6; file++) {
            Lake.append(table, Lake.rows(table, file * 10L, file * 10L + 10, 0));
        }
    }

    private StatisticsFile statistics() throws IOException {
        OutputFile file = table.io().newOutputFile(table.location() + "/metadata/" + System.nanoTime() + ".stats");
        try (PositionOutputStream out = file.createOrOverwrite()) {
            out.write(new byte[] {1, 2, 3});
        }
        StatisticsFile statistics =
                new GenericStatisticsFile(table.currentSnapshot().snapshotId(), file.location(), 3, 1, List.of());
        table.updateStatistics().setStatistics(statistics).commit();
        return statistics;
    }

    private ExpiryOptions options(Map<String, String> given) {
        boolean hasAge = given.containsKey("max-age") || given.containsKey("older_than");
        Map<String, String> all = new HashMap<>(given);
        if (!hasAge) {
            all.put("max-age", "PT0S");
        }
        return ExpiryOptions.of(table, all, folder.resolve("journals"), Instant.now());
    }

    private ExpiryPlan plan(Map<String, String> given) {
        table.refresh();
        return ExpiryPlanner.plan(table, options(given), Instant.now().plusMillis(1));
    }

    private ExpiryResult run(ExpiryPlan plan, Map<String, String> given) {
        return new ExpiryExecutor().run(table, plan, options(given), MaintenanceProgress.silent());
    }

    private List<Path> journals() {
        Path journals = folder.resolve("journals");
        if (!Files.isDirectory(journals)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(journals)) {
            return paths.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TreeSet<String> files() {
        TreeSet<String> files = new TreeSet<>();
        new LocalFileIO()
                .listPrefix(LocalFileIO.toLocation(folder.resolve("warehouse")))
                .forEach(file -> files.add(file.location()));
        return files;
    }

    private static boolean exists(String location) {
        return Files.exists(LocalFileIO.toPath(location));
    }

    private static Path hide(String location) throws IOException {
        Path path = LocalFileIO.toPath(location);
        Path hidden = path.resolveSibling("hidden-" + path.getFileName());
        Files.move(path, hidden);
        return hidden;
    }

    private static void show(Path hidden) throws IOException {
        Files.move(hidden, hidden.resolveSibling(hidden.getFileName().toString().substring("hidden-".length())));
    }
}
