package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions over tables, new tables and views together. */
class TransactionTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final Namespace DB = Namespace.of("db");
    private static final String NEW_TABLE = """
            "requirements":[{"type":"assert-create"}],"updates":[
            {"action":"assign-uuid","uuid":"0190a6d0-0000-7000-8000-000000000001"},
            {"action":"upgrade-format-version","format-version":2},
            {"action":"add-schema","schema":{"type":"struct","schema-id":0,"fields":[
              {"id":1,"name":"id","required":true,"type":"long"}]},"last-column-id":1},
            {"action":"set-current-schema","schema-id":-1},
            {"action":"add-spec","spec":{"spec-id":0,"fields":[]}},{"action":"set-default-spec","spec-id":-1},
            {"action":"add-sort-order","sort-order":{"order-id":0,"fields":[]}},
            {"action":"set-default-sort-order","sort-order-id":-1},
            {"action":"set-location","location":"%s"}]""";
    private static final String NEW_VIEW = """
            "requirements":[{"type":"assert-create"}],"updates":[
            {"action":"assign-uuid","uuid":"0190a6d0-0000-7000-8000-000000000002"},
            {"action":"add-schema","schema":{"type":"struct","schema-id":0,"fields":[
              {"id":1,"name":"id","required":true,"type":"long"}]},"last-column-id":1},
            {"action":"set-location","location":"%s"},
            {"action":"add-view-version","view-version":{"version-id":1,"timestamp-ms":1,"schema-id":-1,"summary":{},
              "default-namespace":["db"],"representations":[{"type":"sql","sql":"SELECT 2","dialect":"spark"}]}},
            {"action":"set-current-view-version","view-version-id":-1}]""";

    private RunningCatalog catalog;
    private RESTCatalog client;
    private String warehouse;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        warehouse = "file://" + folder.resolve("warehouse");
        client = catalog.client();
        client.createNamespace(DB);
        client.createTable(name("t"), SCHEMA);
        client.createTable(name("u"), SCHEMA);
        client.buildView(name("v"))
                .withSchema(SCHEMA)
                .withDefaultNamespace(DB)
                .withQuery("spark", "SELECT 1")
                .create();
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void tablesNewTablesViewsAndNewViewsChangeTogether() {
        HttpResponse<String> answer = commit(
                change("t", set("a")),
                change("v", set("a")),
                change("nt", NEW_TABLE.formatted(warehouse + "/nt")),
                change("nv", NEW_VIEW.formatted(warehouse + "/nv")));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertThat(client.loadTable(name("t")).properties()).containsEntry("a", "1");
        assertThat(client.loadView(name("v")).properties()).containsEntry("a", "1");
        assertThat(client.loadTable(name("nt")).schema().columns()).hasSize(1);
        assertThat(client.loadView(name("nv")).sqlFor("spark").sql()).isEqualTo("SELECT 2");
    }

    @Test
    void aFailedRequirementOfAViewChangesNoTable() {
        String before = catalog.send("GET", "/v1/namespaces/db/tables/t", "").body();
        HttpResponse<String> answer = commit(
                change("t", set("a")),
                change("nt", NEW_TABLE.formatted(warehouse + "/nt")),
                change(
                        "v",
                        "\"requirements\":[{\"type\":\"assert-view-uuid\",\"uuid\":\"%s\"}],\"updates\":[]"
                                .formatted("0190a6d0-0000-7000-8000-000000000003")));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(catalog.send("GET", "/v1/namespaces/db/tables/t", "").body()).isEqualTo(before);
        assertThat(client.tableExists(name("nt"))).isFalse();
    }

    @Test
    void aTakenNameOfANewViewChangesNoTable() {
        HttpResponse<String> answer = commit(change("t", set("a")), change("u", NEW_VIEW.formatted(warehouse + "/nv")));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Table with same name already exists: db.u");
        assertThat(client.loadTable(name("t")).properties()).doesNotContainKey("a");
    }

    @Test
    void aTransactionOverAnObjectThatDoesNotExistNamesIt() {
        HttpResponse<String> table = commit(change("t", set("a")), change("absent", set("a")));
        assertThat(table.statusCode()).isEqualTo(404);
        assertThat(table.body()).contains("NoSuchTableException").contains("db.absent");
        HttpResponse<String> view = commit(change(
                "absent",
                "\"requirements\":[],\"updates\":[{\"action\":\"set-current-view-version\",\"view-version-id\":1}]"));
        assertThat(view.statusCode()).isEqualTo(404);
        assertThat(view.body()).contains("NoSuchViewException");
    }

    @Test
    void aChangeThatMixesTableAndViewUpdatesIsRefused() {
        HttpResponse<String> answer = commit(change(
                "t",
                "\"requirements\":[{\"type\":\"assert-default-spec-id\",\"default-spec-id\":0}],"
                        + "\"updates\":[{\"action\":\"set-current-view-version\",\"view-version-id\":1}]"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("a table or a view");
    }

    @Test
    void anObjectNamedTwiceIsRefused() {
        assertThat(commit(change("t", set("a")), change("t", set("b"))).statusCode())
                .isEqualTo(400);
    }

    /** Each transaction relies on the one table and changes the other: both cannot come first. */
    @Test
    void twoTransactionsCannotEachRelyOnWhatTheOtherOneChanges() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            for (int round = 1; round <= 20; round++) {
                client.loadTable(name("t"))
                        .updateSchema()
                        .addColumn("c" + round, Types.LongType.get())
                        .commit();
                client.loadTable(name("u"))
                        .updateSchema()
                        .addColumn("c" + round, Types.LongType.get())
                        .commit();
                String relied = "\"requirements\":[{\"type\":\"assert-current-schema-id\",\"current-schema-id\":%d}],"
                        + "\"updates\":[]";
                String changed = "\"requirements\":[{\"type\":\"assert-current-schema-id\",\"current-schema-id\":%d}],"
                        + "\"updates\":[{\"action\":\"set-current-schema\",\"schema-id\":0}]";
                String relies = relied.formatted(round);
                String changes = changed.formatted(round);
                Future<HttpResponse<String>> one =
                        executor.submit(() -> commit(change("t", changes), change("u", relies)));
                Future<HttpResponse<String>> two =
                        executor.submit(() -> commit(change("u", changes), change("t", relies)));

                assertThat(List.of(one.get().statusCode(), two.get().statusCode()))
                        .containsExactlyInAnyOrder(204, 409);
                List.of("t", "u")
                        .forEach(table -> commit(change(
                                table,
                                "\"requirements\":[],\"updates\":[{\"action\":\"set-current-schema\",\"schema-id\":%d}]"
                                        .formatted(round(table)))));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private int round(String table) {
        return client.loadTable(name(table)).schemas().keySet().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElseThrow();
    }

    private HttpResponse<String> commit(String... changes) {
        return catalog.send(
                "POST",
                "/v1/transactions/commit",
                "{\"table-changes\":[" + String.join(",", Arrays.asList(changes)) + "]}");
    }

    private static String change(String name, String rest) {
        return "{\"identifier\":{\"namespace\":[\"db\"],\"name\":\"%s\"},%s}".formatted(name, rest);
    }

    private static String set(String property) {
        return "\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"%s\":\"1\"}}]"
                .formatted(property);
    }

    private static TableIdentifier name(String name) {
        return TableIdentifier.of(DB, name);
    }
}
