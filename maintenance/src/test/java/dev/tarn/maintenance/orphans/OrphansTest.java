package dev.tarn.maintenance.orphans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.maintenance.Lake;
import dev.tarn.maintenance.MaintenanceProgress;
import dev.tarn.maintenance.MaintenanceStatus;
import dev.tarn.maintenance.expire.ExpiryExecutor;
import dev.tarn.maintenance.expire.ExpiryOptions;
import dev.tarn.maintenance.expire.ExpiryPlanner;
import dev.tarn.maintenance.expire.JournaledFiles;
import dev.tarn.maintenance.expire.TableFile;
import dev.tarn.storage.LocalFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphansTest {
    private static final Instant NOW = Instant.now();

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
    void deletesOldFilesThatNothingRefersToAndNoOther() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Path orphan = file("data/left-over.parquet");
        Path leftMetadata = file("metadata/snap-of-nobody.avro");
        Path uncommitted = LocalFileIO.toPath(
                Lake.write(table, Lake.rows(table, 10, 20, 0)).location());
        ageEverything();
        Set<Path> before = files();

        OrphanResult result = run(plan(Map.of()));

        Set<Path> gone = new TreeSet<>(before);
        gone.removeAll(files());
        assertThat(result.status()).isEqualTo(MaintenanceStatus.DONE);
        assertThat(result.deletedFiles()).isEqualTo(3);
        assertThat(gone).containsExactlyInAnyOrder(orphan, leftMetadata, uncommitted);
        assertThat(Lake.ids(table)).hasSize(10);
        assertThat(run(plan(Map.of())).status()).isEqualTo(MaintenanceStatus.NOTHING_TO_DO);
    }

    @Test
    void keepsWhatBranchesTagsVectorsAndOlderSnapshotsReferTo() {
        DataFile first = Lake.append(table, Lake.rows(table, 0, 10, 0));
        Lake.deleteByVector(table, first, 1, 2);
        table.manageSnapshots()
                .createTag("kept", table.currentSnapshot().snapshotId())
                .createBranch("side", table.currentSnapshot().snapshotId())
                .commit();
        table.newAppend()
                .appendFile(Lake.write(table, Lake.rows(table, 20, 30, 0)))
                .toBranch("side")
                .commit();
        table.newAppend()
                .appendFile(Lake.write(table, Lake.rows(table, 30, 40, 0)))
                .stageOnly()
                .commit();
        table.newDelete().deleteFile(first).commit();
        ageEverything();
        Set<Path> before = files();

        OrphanPlan plan = plan(Map.of());

        assertThat(plan.files()).isEmpty();
        assertThat(run(plan).deletedFiles()).isZero();
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void keepsYoungFilesAndRefusesToLookAtThoseOfToday() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Path young = file("data/young.parquet");
        setAge(young, Duration.ofDays(2));

        OrphanPlan plan = plan(Map.of());

        assertThat(plan.files()).isEmpty();
        assertThat(plan.kept().young()).isPositive();
        assertThat(plan(Map.of("older_than", "PT25H")).files())
                .extracting(OrphanFile::location)
                .containsExactly(LocalFileIO.toLocation(young));
        assertThatThrownBy(() -> plan(Map.of("older-than", "PT23H")))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("24 hours");
    }

    @Test
    void leavesTheFilesOfATableWhoseNameBeginsTheSame() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Path sibling = write(folder.resolve("warehouse/db/t2/data/theirs.parquet"));
        ageEverything();

        assertThat(plan(Map.of()).files()).isEmpty();
        assertThat(sibling).exists();
    }

    @Test
    void leavesTheFilesOfATableInsideThisOne() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        write(root().resolve("inner/metadata/00000-a.metadata.json"));
        write(root().resolve("inner/data/theirs.parquet"));
        ageEverything();

        OrphanPlan plan = plan(Map.of());

        assertThat(plan.files()).isEmpty();
        assertThat(plan.kept().otherTables()).isEqualTo(2);
    }

    @Test
    void refusesAPlaceWhereAnotherTableHasLeftItsMetadata() throws IOException {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Path foreign = file("metadata/00007-foreign.metadata.json");
        Files.writeString(
                foreign,
                "{\"format-version\":2,\"table-uuid\":\"11111111-2222-3333-4444-555555555555\",\"location\":\"x\"}");
        ageEverything();

        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("11111111-2222-3333-4444-555555555555");
    }

    @Test
    void keepsMetadataFilesThatDoNotTellWhoseTheyAre() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        file("metadata/00007-broken.metadata.json");
        ageEverything();

        OrphanPlan plan = plan(Map.of());

        assertThat(plan.files()).isEmpty();
        assertThat(plan.kept().unreadable()).isEqualTo(1);
    }

    @Test
    void keepsHiddenFilesButNotThoseOfPartitionsThatLookHidden() {
        Table partitioned = lake.create(
                "p",
                PartitionSpec.builderFor(Lake.SCHEMA).identity("part", "_part").build(),
                2,
                Map.of());
        Lake.append(partitioned, Lake.rows(partitioned, 0, 10, 1));
        Path data = folder.resolve("warehouse/db/p/data");
        write(data.resolve("_temporary/0/theirs.parquet"));
        write(data.resolve(".hidden.parquet"));
        Path inPartition = write(data.resolve("_part=1/left-over.parquet"));
        ageEverything();

        OrphanPlan plan =
                OrphanPlanner.plan(partitioned, OrphanOptions.defaults(NOW), List.of(), MaintenanceProgress.silent());

        assertThat(plan.files()).extracting(OrphanFile::location).containsExactly(LocalFileIO.toLocation(inPartition));
        assertThat(plan.kept().hidden()).isEqualTo(2);
    }

    @Test
    void asksWhatAnotherNameOfTheSamePathMeans() {
        Path real = file("data/aliased.parquet");
        table.newAppend()
                .appendFile(DataFiles.builder(table.spec())
                        .withPath("s3://alias" + real)
                        .withFormat("parquet")
                        .withFileSizeInBytes(4)
                        .withRecordCount(1)
                        .build())
                .commit();
        ageEverything();

        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("equal-schemes");
        OrphanPlan ignoring = plan(Map.of("prefix-mismatch-mode", "ignore"));
        assertThat(ignoring.files()).isEmpty();
        assertThat(ignoring.kept().otherPrefix()).isEqualTo(1);
        assertThat(plan(Map.of("prefix-mismatch-mode", "delete")).files()).hasSize(1);
    }

    @Test
    void deletesNothingWhenAManifestListCannotBeRead() throws IOException {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        String list = table.currentSnapshot().manifestListLocation();
        Lake.append(table, Lake.rows(table, 10, 20, 0));
        file("data/left-over.parquet");
        ageEverything();
        OrphanPlan earlier = plan(Map.of());
        Files.delete(LocalFileIO.toPath(list));
        Set<Path> before = files();
        Table again = lake.load("t");

        assertThatThrownBy(() ->
                        OrphanPlanner.plan(again, OrphanOptions.defaults(NOW), List.of(), MaintenanceProgress.silent()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
        assertThatThrownBy(() ->
                        OrphanExecutor.run(again, earlier, OrphanOptions.defaults(NOW), MaintenanceProgress.silent()))
                .isInstanceOf(TarnException.class);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void keepsAFileThatWasCommittedAfterThePlan() {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        DataFile late = Lake.write(table, Lake.rows(table, 10, 20, 0));
        ageEverything();
        OrphanPlan plan = OrphanPlan.fromJson(plan(Map.of()).toJson());
        assertThat(plan.files()).hasSize(1);
        table.newAppend().appendFile(late).commit();

        OrphanResult result = run(plan);

        assertThat(result.deletedFiles()).isZero();
        assertThat(result.keptFiles()).isEqualTo(1);
        assertThat(Lake.ids(table)).hasSize(20);
    }

    @Test
    void keepsFilesThatAnExpiryHoldsForItsGracePeriod() {
        DataFile replaced = Lake.append(table, Lake.rows(table, 0, 10, 0));
        table.newDelete().deleteFile(replaced).commit();
        Path journals = folder.resolve("journals");
        ExpiryOptions expiry =
                ExpiryOptions.of(table, Map.of("max-age", "PT0S", "delete-grace", "P2D"), journals, Instant.now());
        new ExpiryExecutor()
                .run(table, ExpiryPlanner.plan(table, expiry, Instant.now()), expiry, MaintenanceProgress.silent());
        ageEverything();

        List<TableFile> inGrace = JournaledFiles.of(journals, table);
        OrphanPlan plan = OrphanPlanner.plan(table, OrphanOptions.defaults(NOW), inGrace, MaintenanceProgress.silent());

        assertThat(plan.files()).extracting(OrphanFile::location).doesNotContain(replaced.location());
        assertThat(plan.kept().waiting()).isPositive();
    }

    @Test
    void readsAListThatSomebodyElseMade() throws IOException {
        Lake.append(table, Lake.rows(table, 0, 10, 0));
        Path orphan = file("data/a,b.parquet");
        Path unlisted = file("data/unlisted.parquet");
        ageEverything();
        String root = LocalFileIO.toLocation(root());
        Path list = Files.writeString(
                folder.resolve("list.csv"),
                "%s,4,1000\n%s/data/no-time.parquet\ns3://elsewhere/x,1,1000\n"
                        .formatted(LocalFileIO.toLocation(orphan), root));

        OrphanPlan plan = plan(Map.of("file-list", list.toString()));

        assertThat(plan.files()).extracting(OrphanFile::location).containsExactly(LocalFileIO.toLocation(orphan));
        assertThat(plan.kept().unknownAge()).isEqualTo(1);
        run(plan);
        assertThat(orphan).doesNotExist();
        assertThat(unlisted).exists();
    }

    @Test
    void deletesNoMoreThanOneRunMayAndSaysThatThereIsMore() {
        for (int i = 0; i < 5; i++) {
            file("data/left-over-" + i + ".parquet");
        }
        ageEverything();

        OrphanPlan plan = plan(Map.of("max-files", "2"));
        OrphanResult result = run(plan);

        assertThat(plan.isComplete()).isFalse();
        assertThat(result.status()).isEqualTo(MaintenanceStatus.PARTIAL);
        assertThat(result.deletedFiles()).isEqualTo(2);
        assertThat(plan(Map.of()).files()).hasSize(3);
    }

    @Test
    void refusesALocationThatIsNotTheTables() {
        assertThatThrownBy(() -> plan(Map.of("location", LocalFileIO.toLocation(folder))))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED))
                .hasMessageContaining("lies outside");
    }

    @Test
    void refusesATableThatForbidsDeletion() {
        table.updateProperties().set("gc.enabled", "false").commit();

        assertThatThrownBy(() -> plan(Map.of()))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED));
    }

    @Test
    void refusesAPlanOfATableThatWasReplaced() {
        file("data/left-over.parquet");
        ageEverything();
        OrphanPlan plan = plan(Map.of());
        OrphanPlan ofOther =
                new OrphanPlan(plan.tableName(), "other", plan.files(), plan.listed(), plan.kept(), plan.isComplete());

        assertThatThrownBy(() -> run(ofOther))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    }

    @Test
    void everySpellingOfALocationHasOneIdentity() {
        Map<String, String> authorities = new HashMap<>(Map.of("alias", "bucket"));
        Stream.of("s3://bucket/a b/c", "s3a://bucket/a%20b//c", "s3n://alias/a b/c")
                .map(location -> FileIdentity.of(location, Map.of(), authorities))
                .forEach(identity ->
                        assertThat(identity).isEqualTo(FileIdentity.of("s3://bucket/a b/c", Map.of(), Map.of())));
        assertThat(FileIdentity.of("file:/x/y", Map.of(), Map.of()))
                .isEqualTo(FileIdentity.of("file:///x/y", Map.of(), Map.of()));
        assertThat(FileIdentity.of("s3://bucket/a", Map.of(), Map.of()))
                .isNotEqualTo(FileIdentity.of("s3://other/a", Map.of(), Map.of()));
    }

    @Test
    void manyFilesFindTheirPlace() {
        Candidates candidates = new Candidates();
        for (int i = 0; i < 100_000; i++) {
            candidates.add(FileIdentity.of("s3://bucket/data/" + i, Map.of(), Map.of()));
        }
        for (int i = 0; i < 100_000; i += 2) {
            candidates.refer(FileIdentity.of("s3://bucket/data/" + i, Map.of(), Map.of()));
        }
        assertThat(candidates.size()).isEqualTo(100_000);
        for (int i = 0; i < 100_000; i++) {
            assertThat(candidates.isUnreferenced(FileIdentity.of("s3://bucket/data/" + i, Map.of(), Map.of())))
                    .isEqualTo(i % 2 == 1);
        }
    }

    private OrphanPlan plan(Map<String, String> options) {
        return OrphanPlanner.plan(table, OrphanOptions.of(options, NOW), List.of(), MaintenanceProgress.silent());
    }

    private OrphanResult run(OrphanPlan plan) {
        return OrphanExecutor.run(table, plan, OrphanOptions.defaults(NOW), MaintenanceProgress.silent());
    }

    private Path root() {
        return LocalFileIO.toPath(table.location());
    }

    private Path file(String name) {
        return write(root().resolve(name));
    }

    private static Path write(Path path) {
        try {
            Files.createDirectories(path.getParent());
            return Files.writeString(path, "left");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ageEverything() {
        files().forEach(path -> setAge(path, Duration.ofDays(30)));
    }

    private static void setAge(Path path, Duration age) {
        try {
            Files.setLastModifiedTime(path, FileTime.from(NOW.minus(age)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<Path> files() {
        try (Stream<Path> paths = Files.walk(folder.resolve("warehouse"))) {
            return paths.filter(Files::isRegularFile).collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
