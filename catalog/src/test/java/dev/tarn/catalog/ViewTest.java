package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.SQLViewRepresentation;
import org.apache.iceberg.view.View;
import org.apache.iceberg.view.ViewBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views over the wire and through Iceberg's own client. */
class ViewTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final Namespace DB = Namespace.of("db");
    private static final TableIdentifier NAME = TableIdentifier.of(DB, "v");
    private static final String VIEWS = "/v1/namespaces/db/views";

    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        client = catalog.client();
        client.createNamespace(DB);
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    /** The protocol knows "not modified" for tables only. */
    @Test
    void aViewHasATagOfItsVersionAndIsAnsweredInFull() {
        View view = create(NAME);
        String etag = etag(catalog.send("GET", VIEWS + "/v", ""));
        HttpResponse<String> again = catalog.send("GET", VIEWS + "/v", "", "If-None-Match", etag);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(etag(again)).isEqualTo(etag);

        view.updateProperties().set("a", "1").commit();

        HttpResponse<String> changed = catalog.send("GET", VIEWS + "/v", "", "If-None-Match", etag);
        assertThat(etag(changed)).isNotEqualTo(etag);
        assertThat(changed.body()).contains("\"a\":\"1\"");
    }

    private static String etag(HttpResponse<String> answer) {
        return answer.headers().firstValue("etag").orElseThrow();
    }

    @Test
    void aKeyRepeatsTheAnswerOfEachMutation() {
        create(NAME);
        String key = UUID.randomUUID().toString();
        String body = "{\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"a\":\"1\"}}]}";
        HttpResponse<String> first = catalog.send("POST", VIEWS + "/v", body, "Idempotency-Key", key);
        assertThat(first.statusCode()).isEqualTo(200);
        client.loadView(NAME).updateProperties().set("b", "2").commit();
        assertThat(catalog.send("POST", VIEWS + "/v", body, "Idempotency-Key", key)
                        .body())
                .isEqualTo(first.body());

        String drop = UUID.randomUUID().toString();
        for (int i = 0; i < 2; i++) {
            assertThat(catalog.send("DELETE", VIEWS + "/v", "", "Idempotency-Key", drop)
                            .statusCode())
                    .isEqualTo(204);
        }
        assertThat(catalog.send("DELETE", VIEWS + "/v", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aNameBelongsToATableOrAViewButNotToBoth() {
        client.createTable(TableIdentifier.of(DB, "t"), SCHEMA);
        create(NAME);

        assertThatThrownBy(() -> create(TableIdentifier.of(DB, "t")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("Table with same name already exists: db.t");
        assertThatThrownBy(() -> client.createTable(NAME, SCHEMA))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("View with same name already exists: db.v");
        assertThatThrownBy(() -> client.renameView(NAME, TableIdentifier.of(DB, "t")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("Cannot rename db.v to db.t. Table already exists");
        assertThatThrownBy(() -> client.loadTable(NAME)).isInstanceOf(NoSuchTableException.class);
        assertThatThrownBy(() -> client.loadView(TableIdentifier.of(DB, "t"))).isInstanceOf(NoSuchViewException.class);
    }

    @Test
    void pagesListEveryViewOnceAndNoTable() {
        RESTCatalog paging = catalog.client(Map.of("rest-page-size", "2"));
        client.createTable(TableIdentifier.of(DB, "t"), SCHEMA);
        List<TableIdentifier> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add(TableIdentifier.of(DB, "v" + i));
            create(names.get(i));
        }

        assertThat(paging.listViews(DB)).containsExactlyElementsOf(names);
        assertThat(paging.listTables(DB)).containsExactly(TableIdentifier.of(DB, "t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a/b", "a b", "a+b", "é🏔", "..", "%2F"})
    void viewsOfUnusualNamesAreCreatedListedRenamedAndDropped(String name) {
        Namespace nested = Namespace.of("db", name);
        client.createNamespace(nested);
        TableIdentifier view = TableIdentifier.of(nested, name);
        create(view);

        assertThat(client.listViews(nested)).containsExactly(view);
        assertThat(client.viewExists(view)).isTrue();
        TableIdentifier renamed = TableIdentifier.of(DB, name);
        client.renameView(view, renamed);
        assertThat(((SQLViewRepresentation) client.loadView(renamed)
                                .currentVersion()
                                .representations()
                                .get(0))
                        .sql())
                .isEqualTo("SELECT 1");
        assertThat(client.viewExists(view)).isFalse();
        assertThat(client.dropView(renamed)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"updates\":[{\"action\":\"add-spec\",\"spec\":{\"spec-id\":0,\"fields\":[]}}]}",
                "{\"updates\":[{\"action\":\"unheard-of\"}]}",
                "{\"requirements\":[{\"type\":\"assert-default-spec-id\",\"default-spec-id\":0}],\"updates\":[]}",
                "{\"requirements\":[{\"type\":\"unheard-of\"}],\"updates\":[]}",
                "{\"updates\":[{\"action\":\"set-current-view-version\",\"view-version-id\":77}]}",
                "{\"updates\":[{\"action\":\"set-location\"}]}",
                "{\"identifier\":{\"namespace\":[\"db\"],\"name\":\"w\"},\"updates\":[]}"
            })
    void whatCannotBeDoneToAViewIsABadRequest(String body) {
        create(NAME);

        assertThat(catalog.send("POST", VIEWS + "/v", body).statusCode()).isEqualTo(400);
    }

    @Test
    void aViewOfAnotherIdentityIsACommitConflict() {
        create(NAME);
        HttpResponse<String> answer = catalog.send(
                "POST",
                VIEWS + "/v",
                "{\"requirements\":[{\"type\":\"assert-view-uuid\",\"uuid\":\"%s\"}],\"updates\":[]}"
                        .formatted(UUID.randomUUID()));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("CommitFailedException").contains("Requirement failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc", "s3://other/v", "/etc/passwd"})
    void viewsAndTheirFilesStayInsideTheWarehouse(String location) {
        assertThatThrownBy(() -> builder(NAME).withLocation(location).create()).hasMessageContaining("warehouse");
        assertThatThrownBy(() -> builder(NAME)
                        .withProperty("write.metadata.path", location)
                        .create())
                .hasMessageContaining("warehouse");
        assertThatThrownBy(() -> client.registerView(NAME, location + "/v.metadata.json"))
                .hasMessageContaining("warehouse");
        View view = create(NAME);
        assertThatThrownBy(() -> view.updateLocation().setLocation(location).commit())
                .hasMessageContaining("warehouse");
    }

    private View create(TableIdentifier name) {
        return builder(name).create();
    }

    private ViewBuilder builder(TableIdentifier name) {
        return client.buildView(name)
                .withSchema(SCHEMA)
                .withDefaultNamespace(DB)
                .withQuery("spark", "SELECT 1");
    }
}
