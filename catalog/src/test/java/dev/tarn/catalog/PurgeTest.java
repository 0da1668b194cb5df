package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files a purge deletes, and above all which it does not. */
class PurgeTest {
    private static final String WAREHOUSE = "/management/v1/warehouses/default";
    private static final TableIdentifier NAME = TableIdentifier.of("db", "t");
    private static final TableIdentifier OTHER = TableIdentifier.of("db", "other");

    private Path folder;
    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
        catalog = RunningCatalog.over(folder);
        client = catalog.client();
        client.createNamespace(Namespace.of("db"));
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void everyFileOfTheTableGoesAlsoThoseThatFailedWritersLeft() throws IOException {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 3);
        table.expireSnapshots()
                .retainLast(1)
                .expireOlderThan(Long.MAX_VALUE)
                .cleanupLevel(ExpireSnapshots.CleanupLevel.NONE)
                .commit();
        age(TableFixture.path(TableFixture.write(TableFixture.folder(table).resolve("data"))));
        age(Files.writeString(
                TableFixture.folder(table).resolve("metadata").resolve("00000-orphan.metadata.json"), "{}"));

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(table))).isEmpty();
        assertThat(tasks()).isEmpty();
    }

    @Test
    void nothingOfASiblingWhoseNameBeginsTheSameGoes() {
        String root = "file://" + folder.resolve("warehouse");
        Table one = client.buildTable(NAME, TableFixture.SCHEMA)
                .withLocation(root + "/t1")
                .create();
        Table ten = client.buildTable(OTHER, TableFixture.SCHEMA)
                .withLocation(root + "/t10")
                .create();
        TableFixture.fill(one, 2);
        TableFixture.fill(ten, 2);
        List<Path> before = TableFixture.files(TableFixture.folder(ten));

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(one))).isEmpty();
        assertThat(TableFixture.files(TableFixture.folder(ten))).isEqualTo(before);
    }

    @Test
    void aFileThatAnotherTableNamesStays() {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        Table other = client.createTable(OTHER, TableFixture.SCHEMA);
        List<DataFile> files = TableFixture.fill(table, 3);
        TableFixture.add(other, files.subList(1, 2));

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(table))).containsExactly(TableFixture.path(files.get(1)));
    }

    @Test
    void aFileThatOnlyAnOldSnapshotOfATableDroppedSoftlyNamesStays() {
        set("soft-delete.retention", "PT2S");
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        Table other = client.createTable(OTHER, TableFixture.SCHEMA);
        List<DataFile> files = TableFixture.fill(table, 2);
        TableFixture.add(other, files);
        other.newDelete().deleteFile(files.get(0)).commit();
        set("soft-delete.retention", "P7D");
        client.dropTable(OTHER, false);
        set("soft-delete.retention", "PT1S");

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(table)))
                .containsExactlyInAnyOrder(TableFixture.path(files.get(0)), TableFixture.path(files.get(1)));
    }

    @Test
    void aFileOfAnotherTableThatTheDroppedOneNamesStays() {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        Table other = client.createTable(OTHER, TableFixture.SCHEMA);
        List<DataFile> files = TableFixture.fill(other, 2);
        TableFixture.add(table, files);
        List<Path> before = TableFixture.files(TableFixture.folder(other));

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(other))).isEqualTo(before);
        assertThat(TableFixture.files(TableFixture.folder(table))).isEmpty();
    }

    @Test
    void filesOutsideTheWarehouseStayWhateverTheTableNames() {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        DataFile outside = TableFixture.write(folder.resolve("elsewhere"));
        DataFile beside = TableFixture.write(folder.resolve("warehouse").resolve("unmanaged"));
        TableFixture.add(table, List.of(outside, beside));

        purge(NAME);

        assertThat(TableFixture.path(outside)).exists();
        assertThat(TableFixture.path(beside)).exists();
        assertThat(TableFixture.files(TableFixture.folder(table))).isEmpty();
    }

    @Test
    void dataBelowTheTablesOwnDataPathGoes() {
        String root = "file://" + folder.resolve("warehouse");
        Table table = client.buildTable(NAME, TableFixture.SCHEMA)
                .withProperty("write.data.path", root + "/bulk/t")
                .create();
        DataFile file =
                TableFixture.write(folder.resolve("warehouse").resolve("bulk").resolve("t"));
        TableFixture.add(table, List.of(file));

        purge(NAME);

        assertThat(TableFixture.path(file)).doesNotExist();
    }

    @Test
    void aDataPathThatTwoTablesShareKeepsItsFiles() {
        String root = "file://" + folder.resolve("warehouse");
        Table table = client.buildTable(NAME, TableFixture.SCHEMA)
                .withProperty("write.data.path", root + "/bulk")
                .create();
        client.buildTable(OTHER, TableFixture.SCHEMA)
                .withProperty("write.data.path", root + "/bulk")
                .create();
        DataFile file = TableFixture.write(folder.resolve("warehouse").resolve("bulk"));
        TableFixture.add(table, List.of(file));

        purge(NAME);

        assertThat(TableFixture.path(file)).exists();
    }

    @Test
    void withoutGarbageCollectionTheFilesStay() {
        Table table = client.buildTable(NAME, TableFixture.SCHEMA)
                .withProperty("gc.enabled", "false")
                .create();
        TableFixture.fill(table, 1);
        List<Path> before = TableFixture.files(TableFixture.folder(table));

        // Iceberg's client refuses by itself; others do not.
        assertThat(catalog.send("DELETE", "/v1/namespaces/db/tables/t?purgeRequested=true", "")
                        .statusCode())
                .isEqualTo(204);
        awaitPurged();

        assertThat(TableFixture.files(TableFixture.folder(table))).isEqualTo(before);
    }

    @Test
    void anUnreadableManifestStopsThePurgeAndTheTaskSaysWhy() throws IOException {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 2);
        Path manifest = Path.of(
                table.currentSnapshot().allManifests(table.io()).get(0).path().replaceFirst("^file://", ""));
        byte[] bytes = Files.readAllBytes(manifest);
        Files.write(manifest, new byte[] {1, 2, 3});
        List<Path> before = TableFixture.files(TableFixture.folder(table));

        client.dropTable(NAME, true);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> tasks().path(0).path("problem").asText().contains("Cannot read the manifest"));
        List<Path> kept = new ArrayList<>(TableFixture.files(TableFixture.folder(table)));
        kept.retainAll(before);
        assertThat(kept).contains(manifest).hasSizeGreaterThanOrEqualTo(before.size() - 1);
        assertThat(undropFirst()).isEqualTo(409);

        Files.write(manifest, bytes);
        awaitPurged();
        assertThat(TableFixture.files(TableFixture.folder(table))).isEmpty();
    }

    @Test
    void anotherTableThatCannotBeReadStopsThePurgeBeforeAnythingIsDeleted() throws IOException {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        Table other = client.createTable(OTHER, TableFixture.SCHEMA);
        TableFixture.fill(table, 1);
        TableFixture.fill(other, 1);
        Path list = Path.of(other.currentSnapshot().manifestListLocation().replaceFirst("^file://", ""));
        byte[] bytes = Files.readAllBytes(list);
        Files.delete(list);
        List<Path> before = TableFixture.files(TableFixture.folder(table));

        client.dropTable(NAME, true);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> tasks().path(0).path("problem").asText().contains("which files table db.other needs"));
        assertThat(TableFixture.files(TableFixture.folder(table))).isEqualTo(before);
        await().atMost(Duration.ofSeconds(30)).until(() -> undropFirst() == 200);
        assertThat(client.loadTable(NAME).uuid()).isEqualTo(table.uuid());
        client.dropTable(NAME, true);

        Files.write(list, bytes);
        awaitPurged();
        assertThat(TableFixture.files(TableFixture.folder(table))).isEmpty();
    }

    @Test
    void tablesThatMayOverlapNeverLoseFilesToEachOther() {
        set("allow-location-overlap", "true");
        String root = "file://" + folder.resolve("warehouse");
        Table outer = client.buildTable(NAME, TableFixture.SCHEMA)
                .withLocation(root + "/o")
                .create();
        Table inner = client.buildTable(OTHER, TableFixture.SCHEMA)
                .withLocation(root + "/o/i")
                .create();
        TableFixture.fill(outer, 1);
        TableFixture.fill(inner, 1);
        List<Path> before = TableFixture.files(TableFixture.folder(inner));

        purge(NAME);

        assertThat(TableFixture.files(TableFixture.folder(inner))).isEqualTo(before);
    }

    private void purge(TableIdentifier name) {
        assertThat(client.dropTable(name, true)).isTrue();
        awaitPurged();
    }

    private void awaitPurged() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            for (JsonNode task : tasks()) {
                if (task.path("kind").asText().equals("purge-table")) {
                    return false;
                }
            }
            return true;
        });
    }

    private int undropFirst() {
        JsonNode deleted = TableFixture.json(
                        catalog.send("GET", WAREHOUSE + "/deleted-objects", "").body())
                .path("deleted-objects")
                .path(0);
        return catalog.send(
                        "POST",
                        WAREHOUSE + "/deleted-objects/" + deleted.path("id").textValue() + "/undrop",
                        "")
                .statusCode();
    }

    private JsonNode tasks() {
        return TableFixture.json(catalog.send("GET", WAREHOUSE + "/tasks", "").body())
                .path("tasks");
    }

    private void set(String property, String value) {
        assertThat(catalog.send("POST", WAREHOUSE, "{\"updates\":{\"%s\":\"%s\"}}".formatted(property, value))
                        .statusCode())
                .isEqualTo(200);
    }

    /** Older than any drop to come, whatever the file system makes of times. */
    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(10)));
    }
}
