package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.rest.RESTCatalog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Soft drops, what brings objects back, and what keeps them. */
class LifecycleTest {
    private static final String WAREHOUSE = "/management/v1/warehouses/default";
    private static final TableIdentifier NAME = TableIdentifier.of("db", "t");

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
    void aDropWithoutAPolicyIsFinalAndKeepsTheFiles() {
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 1);
        List<Path> before = TableFixture.files(TableFixture.folder(table));

        assertThat(client.dropTable(NAME, false)).isTrue();

        assertThat(deleted()).isEmpty();
        assertThat(TableFixture.files(TableFixture.folder(table))).isEqualTo(before);
    }

    @Test
    void aTableDroppedSoftlyFreesItsNameAndComesBackUnderAnother() {
        set("soft-delete.retention", "P7D");
        Table first = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(first, 2);
        assertThat(client.dropTable(NAME, false)).isTrue();
        assertThat(client.tableExists(NAME)).isFalse();
        assertThat(client.listTables(NAME.namespace())).isEmpty();
        client.createTable(NAME, TableFixture.SCHEMA);

        JsonNode waiting = deleted().get(0);
        assertThat(waiting.path("name").textValue()).isEqualTo("t");
        assertThat(waiting.path("purge").booleanValue()).isFalse();
        HttpResponse<String> taken = undrop(waiting, "");
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(taken.body()).contains("choose another name");
        assertThat(undrop(waiting, "{\"namespace\":[\"db\"],\"name\":\"back\"}").statusCode())
                .isEqualTo(200);

        Table back = client.loadTable(TableIdentifier.of("db", "back"));
        assertThat(back.uuid()).isEqualTo(first.uuid());
        assertThat(back.snapshots()).hasSize(2);
        TableFixture.fill(back, 1);
        assertThat(deleted()).isEmpty();
        assertThat(undrop(waiting, "").statusCode()).isEqualTo(404);
        assertThat(tasks()).isEmpty();
    }

    @Test
    void aTableComesBackEvenIfItsNamespaceWasDroppedMeanwhile() {
        set("soft-delete.retention", "P7D");
        client.createTable(NAME, TableFixture.SCHEMA);
        client.dropTable(NAME, false);
        assertThat(client.dropNamespace(Namespace.of("db"))).isTrue();

        HttpResponse<String> refused = undrop(deleted().get(0), "");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("NoSuchNamespaceException");
        client.createNamespace(Namespace.of("db"));
        assertThat(undrop(deleted().get(0), "").statusCode()).isEqualTo(200);
        assertThat(client.tableExists(NAME)).isTrue();
    }

    @Test
    void aKeyedUndropHasOneEffect() {
        set("soft-delete.retention", "P7D");
        client.createTable(NAME, TableFixture.SCHEMA);
        client.dropTable(NAME, false);
        JsonNode waiting = deleted().get(0);
        String key = UUID.randomUUID().toString();

        HttpResponse<String> first = undrop(waiting, "", "Idempotency-Key", key);
        HttpResponse<String> again = undrop(waiting, "", "Idempotency-Key", key);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void whenTheRetentionEndsTheTableIsForgottenAndItsFilesStay() {
        set("soft-delete.retention", "PT1S");
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 1);
        List<Path> before = TableFixture.files(TableFixture.folder(table));

        client.dropTable(NAME, false);

        await().atMost(Duration.ofSeconds(30)).until(() -> deleted().isEmpty());
        assertThat(tasks()).isEmpty();
        assertThat(TableFixture.files(TableFixture.folder(table))).isEqualTo(before);
    }

    @Test
    void whenTheRetentionEndsATableDroppedWithPurgeLosesItsFiles() {
        set("soft-delete.retention", "PT3S");
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 2);

        client.dropTable(NAME, true);

        assertThat(deleted().get(0).path("purge").booleanValue()).isTrue();
        assertThat(TableFixture.files(TableFixture.folder(table))).isNotEmpty();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TableFixture.files(TableFixture.folder(table)).isEmpty());
        await().atMost(Duration.ofSeconds(30)).until(() -> deleted().isEmpty());
    }

    @Test
    void aTableDroppedWithPurgeComesBackWhileTheGraceLasts() {
        set("purge.grace", "PT1H");
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        TableFixture.fill(table, 1);
        List<Path> before = TableFixture.files(TableFixture.folder(table));
        client.dropTable(NAME, true);

        assertThat(undrop(deleted().get(0), "").statusCode()).isEqualTo(200);

        assertThat(client.loadTable(NAME).uuid()).isEqualTo(table.uuid());
        assertThat(TableFixture.files(TableFixture.folder(table))).isEqualTo(before);
        assertThat(tasks()).isEmpty();
    }

    @Test
    void anotherTableCannotMoveInWhereADroppedOneIsKept() {
        set("soft-delete.retention", "P7D");
        Table table = client.createTable(NAME, TableFixture.SCHEMA);
        client.dropTable(NAME, false);

        assertThatThrownBy(() -> client.buildTable(TableIdentifier.of("db", "other"), TableFixture.SCHEMA)
                        .withLocation(table.location())
                        .create())
                .hasMessageContaining("still kept or being purged");
    }

    @Test
    void aProtectedTableIsNeitherDroppedNorReplacedUntilItIsNot() {
        client.createTable(NAME, TableFixture.SCHEMA);
        JsonNode found = TableFixture.json(catalog.send("GET", WAREHOUSE + "/objects?namespace=db&name=t", "")
                .body());
        String path = WAREHOUSE + "/objects/" + found.path("id").textValue() + "/protection";
        assertThat(catalog.send("PUT", path, "{\"protected\":true}", "If-Match", "\"7\"")
                        .statusCode())
                .isEqualTo(409);
        assertThat(catalog.send("PUT", path, "{\"protected\":true}").body()).contains("\"protected\":true");

        assertThatThrownBy(() -> client.dropTable(NAME, true))
                .isInstanceOf(ForbiddenException.class)
                .hasMessageContaining("tarn table unprotect db.t");
        assertThat(catalog.send("POST", "/v1/namespaces/db/tables/t/unregister", "")
                        .statusCode())
                .isEqualTo(403);
        String location = found.path("metadata-location").textValue();
        assertThat(catalog.send(
                                "POST",
                                "/v1/namespaces/db/register",
                                "{\"name\":\"t\",\"metadata-location\":\"%s\",\"overwrite\":true}".formatted(location))
                        .statusCode())
                .isEqualTo(403);
        client.loadTable(NAME).updateProperties().set("still", "changes").commit();

        assertThat(catalog.send("PUT", path, "{\"protected\":false}").statusCode())
                .isEqualTo(200);
        assertThat(client.dropTable(NAME, false)).isTrue();
    }

    @Test
    void unknownObjectsAreNotFound() {
        assertThat(catalog.send("GET", WAREHOUSE + "/objects?namespace=db&name=none", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(catalog.send("PUT", WAREHOUSE + "/objects/none/protection", "{\"protected\":true}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(catalog.send("POST", WAREHOUSE + "/deleted-objects/none/undrop", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(catalog.send("GET", "/management/v1/warehouses/none/tasks", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(catalog.send("PUT", WAREHOUSE + "/objects/none/protection", "{}")
                        .statusCode())
                .isEqualTo(400);
    }

    private void set(String property, String value) {
        assertThat(catalog.send("POST", WAREHOUSE, "{\"updates\":{\"%s\":\"%s\"}}".formatted(property, value))
                        .statusCode())
                .isEqualTo(200);
    }

    private JsonNode deleted() {
        return TableFixture.json(catalog.send("GET", WAREHOUSE + "/deleted-objects?namespace=db", "")
                        .body())
                .path("deleted-objects");
    }

    private JsonNode tasks() {
        return TableFixture.json(catalog.send("GET", WAREHOUSE + "/tasks", "").body())
                .path("tasks");
    }

    private HttpResponse<String> undrop(JsonNode object, String body, String... headers) {
        return catalog.send(
                "POST", WAREHOUSE + "/deleted-objects/" + object.path("id").textValue() + "/undrop", body, headers);
    }
}
