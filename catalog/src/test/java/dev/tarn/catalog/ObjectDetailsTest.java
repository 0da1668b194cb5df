package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.catalog.events.CatalogEvent;
import dev.tarn.catalog.events.StoredEvent;
import dev.tarn.catalog.store.CatalogDatabase;
import dev.tarn.catalog.store.Change;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.StoreTransaction;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SupportsLabels;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.LoadContext;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels, chains of views, unregistering, reports, events and long lists. */
class ObjectDetailsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final Namespace DB = Namespace.of("db");
    private static final TableIdentifier NAME = TableIdentifier.of(DB, "t");
    private static final String TABLE = "/v1/namespaces/db/tables/t";

    private final AtomicReference<CatalogDatabase> database = new AtomicReference<>();
    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.with(RunningCatalog.options(folder, CatalogLimits.DEFAULTS), opened -> {
            database.set(opened);
            return opened;
        });
        client = catalog.client();
        client.createNamespace(DB);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void labelsOfATableAndItsFieldsAreProperties() {
        Table table = client.createTable(NAME, SCHEMA);
        table.updateProperties()
                .set("labels.object.owner", "sales")
                .set("labels.field.1.pii", "no")
                .set("labels.field.99.pii", "gone")
                .set("labels.field.x.pii", "no number")
                .commit();

        SupportsLabels loaded = (SupportsLabels) client.loadTable(NAME);

        assertThat(loaded.labels().objectLabels()).isEqualTo(Map.of("owner", "sales"));
        assertThat(loaded.labels().fields()).hasSize(1);
        assertThat(loaded.labels().fields().get(0).fieldId()).isEqualTo(1);
        assertThat(loaded.labels().fields().get(0).labels()).isEqualTo(Map.of("pii", "no"));
    }

    @Test
    void labelsOfAViewAreProperties() throws IOException {
        client.buildView(TableIdentifier.of(DB, "v"))
                .withSchema(SCHEMA)
                .withDefaultNamespace(DB)
                .withQuery("spark", "SELECT 1")
                .withProperty("labels.object.owner", "sales")
                .create();

        String body = catalog.send("GET", "/v1/namespaces/db/views/v", "").body();

        assertThat(JSON.readTree(body).at("/labels/object-labels/owner").asText())
                .isEqualTo("sales");
    }

    @Test
    void aTableWithoutLabelsHasNone() {
        client.createTable(NAME, SCHEMA);

        assertThat(catalog.send("GET", TABLE, "").body()).doesNotContain("labels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v", "a,b", "a b+c", "é🏔", "100%1F"})
    void aTableIsReachedThroughViewsThatExist(String name) {
        Namespace nested = Namespace.of("db", "x, y");
        client.createNamespace(nested);
        client.createTable(NAME, SCHEMA);
        TableIdentifier inner = view(TableIdentifier.of(nested, name));
        TableIdentifier outer = view(TableIdentifier.of(DB, name));

        assertThat(client.loadTable(NAME, chain(outer, inner)).schema().asStruct())
                .isEqualTo(SCHEMA.asStruct());
        assertThat(client.loadView(inner, chain(outer)).sqlFor("spark").sql()).isEqualTo("SELECT 1");
        assertThatThrownBy(() -> client.loadTable(NAME, chain(outer, TableIdentifier.of(nested, "absent"))))
                .hasMessageContaining("View does not exist: db.x, y.absent");
    }

    @Test
    void aChainAsTheSpecificationWritesItIsUnderstoodToo() {
        client.createTable(NAME, SCHEMA);
        client.createNamespace(Namespace.of("db", "n"));
        view(TableIdentifier.of(Namespace.of("db", "n"), "a,b"));
        view(TableIdentifier.of(DB, "w"));

        assertThat(catalog.send("GET", TABLE + "?referenced-by=db%1Fw,db%1Fn%1Fa%2Cb", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("GET", TABLE + "?referenced-by=db%1fn%1fa%2Cb", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(catalog.send("GET", TABLE + "?referenced-by=db%1Fn%1Fa", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aChainOfSixteenViewsIsAllowedAndNoLongerOne() {
        client.createTable(NAME, SCHEMA);
        view(TableIdentifier.of(DB, "v"));
        String longest = String.join(",", Collections.nCopies(16, "db%1Fv"));

        assertThat(catalog.send("GET", TABLE + "?referenced-by=" + longest, "").statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = catalog.send("GET", TABLE + "?referenced-by=" + longest + ",db%1Fv", "");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("at most 16 views");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v", ",", "db%1F", "%1Fv", "db%1Fv,", "db%1F%00"})
    void aChainThatNamesNoViewIsRefused(String chain) {
        client.createTable(NAME, SCHEMA);
        view(TableIdentifier.of(DB, "v"));

        assertThat(catalog.send("GET", TABLE + "?referenced-by=" + chain, "").statusCode())
                .isEqualTo(400);
    }

    @Test
    void anUnregisteredTableKeepsItsFilesAndTakesNoMoreCommits() throws IOException {
        Table table = client.createTable(NAME, SCHEMA);
        table.updateProperties().set("a", "1").commit();
        String location = ((BaseTable) table).operations().current().metadataFileLocation();

        JsonNode last =
                JSON.readTree(catalog.send("POST", TABLE + "/unregister", "").body());

        assertThat(last.path("metadata-location").asText()).isEqualTo(location);
        assertThat(last.at("/metadata/properties/a").asText()).isEqualTo("1");
        assertThat(last.has("config")).isFalse();
        assertThatThrownBy(() -> table.updateProperties().set("b", "2").commit())
                .isInstanceOf(NoSuchTableException.class)
                .hasMessageContaining("db.t");
        assertThat(catalog.send("POST", TABLE + "/unregister", "").statusCode()).isEqualTo(404);
        assertThat(client.registerTable(NAME, location).properties()).containsEntry("a", "1");
    }

    @Test
    void everyMutationOfAnObjectTellsWhatItDid() {
        Table table = client.createTable(NAME, SCHEMA);
        table.updateProperties().set("a", "1").commit();
        client.renameTable(NAME, TableIdentifier.of(DB, "u"));
        client.dropTable(TableIdentifier.of(DB, "u"), false);
        view(TableIdentifier.of(DB, "v"));
        client.loadView(TableIdentifier.of(DB, "v"))
                .updateProperties()
                .set("a", "1")
                .commit();
        client.dropView(TableIdentifier.of(DB, "v"));

        List<CatalogEvent> events = events();

        assertThat(events.stream().map(CatalogEvent::operation))
                .containsExactly(
                        "create-namespace",
                        "create-table",
                        "commit-table",
                        "rename-table",
                        "drop-table",
                        "create-view",
                        "commit-view",
                        "drop-view");
        CatalogEvent created = events.get(1);
        CatalogEvent committed = events.get(2);
        assertThat(created.kind()).contains(ObjectKind.TABLE);
        assertThat(created.previousMetadataLocation()).isEmpty();
        assertThat(committed.objectId()).isEqualTo(created.objectId()).isNotEmpty();
        assertThat(committed.previousMetadataLocation()).isEqualTo(created.metadataLocation());
        assertThat(committed.metadataLocation()).isNotEqualTo(created.metadataLocation());
        assertThat(committed.details()).isEqualTo("{\"updates\":[\"set-properties\"]}");
        assertThat(events.get(3).details()).isEqualTo("{\"from-namespace\":[\"db\"],\"from-name\":\"t\"}");
        assertThat(events.get(3).name()).isEqualTo("u");
        assertThat(events.get(6).kind()).contains(ObjectKind.VIEW);
    }

    @Test
    void reportsOfClientsAreCountedAndBecomeEventsWithoutTheFilter() {
        client.createTable(NAME, SCHEMA);
        String report = """
                {"report-type":"scan-report","table-name":"secret","snapshot-id":7,"schema-id":0,
                 "filter":{"type":"eq","term":"id","value":424242},"projected-field-ids":[1],
                 "projected-field-names":["id"],"metrics":{
                  "total-planning-duration":{"count":1,"time-unit":"nanoseconds","total-duration":5000000},
                  "result-data-files":{"unit":"count","value":3}}}""";

        assertThat(catalog.send("POST", TABLE + "/metrics", report).statusCode())
                .isEqualTo(204);

        String metrics = catalog.send("GET", "/metrics", "").body();
        assertThat(metrics)
                .contains("tarn_catalog_reports_seconds_count{operation=\"none\",type=\"scan\"} 1")
                .contains("tarn_catalog_reported_planned_files_total{operation=\"none\"} 3.0")
                .doesNotContain("secret");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(events()).anySatisfy(event -> {
                    assertThat(event.operation()).isEqualTo("report-metrics");
                    assertThat(event.details())
                            .contains("\"result-data-files\":3")
                            .contains("\"duration-ms\":5")
                            .doesNotContain("424242");
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"report-type\":\"scan-report\"}",
                "{\"report-type\":\"commit-report\",\"table-name\":\"t\",\"snapshot-id\":1,\"sequence-number\":1,"
                        + "\"operation\":\"append\",\"metrics\":{\"added-data-files\":{\"unit\":\"count\",\"value\":-1}}}"
            })
    void aMalformedReportIsRefused(String report) {
        client.createTable(NAME, SCHEMA);

        assertThat(catalog.send("POST", TABLE + "/metrics", report).statusCode())
                .isEqualTo(400);
    }

    @Test
    void anOperationThatAClientMadeUpIsNoLabel() {
        client.createTable(NAME, SCHEMA);
        catalog.send(
                "POST",
                TABLE + "/metrics",
                "{\"report-type\":\"commit-report\",\"table-name\":\"t\",\"snapshot-id\":1,\"sequence-number\":1,"
                        + "\"operation\":\"made-up\",\"metrics\":{}}");

        assertThat(catalog.send("GET", "/metrics", "").body())
                .contains("tarn_catalog_reports_seconds_count{operation=\"other\",type=\"commit\"} 1")
                .doesNotContain("made-up");
    }

    @Test
    void aListWithoutPagesHoldsEveryNameOnce() throws IOException {
        int count = 2_345;
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(new Change.CreateNamespace(List.of("n" + i), Map.of()));
        }
        CommitOutcome outcome = database.get()
                .warehouse(database.get()
                        .warehouses()
                        .find("default")
                        .orElseThrow()
                        .id())
                .commit(new StoreTransaction(changes, List.of(), Optional.empty()));
        assertThat(outcome).isEqualTo(CommitOutcome.APPLIED);

        JsonNode body = JSON.readTree(catalog.send("GET", "/v1/namespaces", "").body());

        assertThat(body.get("next-page-token").isNull()).isTrue();
        Set<String> names = new HashSet<>();
        body.get("namespaces").forEach(levels -> names.add(levels.get(0).asText()));
        assertThat(names).hasSize(count + 1);
        assertThat(body.get("namespaces")).hasSize(count + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"namespace\":[\"x\"],\"properties\":{\"a\":\"\\ud800\"}}",
                "{\"namespace\":[\"x\"],\"properties\":{\"\\uDC00\":\"a\"}}",
                "{\"namespace\":[\"x\"],\"properties\":{\"a\":\"\\u0000\"}}",
                "{\"namespace\":[\"x\"],\"namespace\":[\"y\"]}",
                "{\"namespace\":[\"x\"],\"n\":NaN}",
                "{\"namespace\":[\"x\"]} {}",
                "\uFEFF{\"namespace\":[\"x\"]}"
            })
    void textsThatWouldNotComeBackAreRefused(String body) {
        assertThat(catalog.send("POST", "/v1/namespaces", body).statusCode()).isEqualTo(400);
    }

    @Test
    void escapedCharactersBeyondTheBasicPlaneAreKept() {
        HttpResponse<String> made = catalog.send(
                "POST", "/v1/namespaces", "{\"namespace\":[\"x\"],\"properties\":{\"a\":\"\\ud83c\\udfd4\"}}");

        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(client.loadNamespaceMetadata(Namespace.of("x"))).containsEntry("a", "🏔");
    }

    private List<CatalogEvent> events() {
        return database.get().events().read("", 0, 100).stream()
                .map(StoredEvent::event)
                .toList();
    }

    private TableIdentifier view(TableIdentifier name) {
        client.buildView(name)
                .withSchema(SCHEMA)
                .withDefaultNamespace(DB)
                .withQuery("spark", "SELECT 1")
                .create();
        return name;
    }

    private static LoadContext chain(TableIdentifier... views) {
        return LoadContext.builder().referencedBy(List.of(views)).build();
    }
}
