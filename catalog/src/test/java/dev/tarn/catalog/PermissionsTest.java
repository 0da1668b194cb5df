package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What roles and grants let callers do, as seen on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PermissionsTest {
    private static final String SCHEMA =
            "{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"id\",\"required\":true,\"type\":\"long\"}]}";
    private static final String TABLES = "/v1/namespaces/db/tables";
    private static final String SET_PROPERTY =
            "{\"requirements\":[],\"updates\":[{\"action\":\"set-properties\",\"updates\":{\"a\":\"1\"}}]}";
    private static final String SET_REF =
            "{\"requirements\":[],\"updates\":[{\"action\":\"remove-snapshot-ref\"," + "\"ref-name\":\"other\"}]}";

    private RunningCatalog catalog;
    private String administrator;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        ((Logger) LoggerFactory.getLogger("tarn.audit")).setLevel(Level.INFO);
        catalog = RunningCatalog.with(
                RunningCatalog.options(folder, CatalogLimits.DEFAULTS).with(OwnLoginTest.own(Duration.ofHours(1))),
                database -> database);
        administrator = token("root-id", OwnLoginTest.ROOT_SECRET);
        for (String namespace : List.of("[\"db\"]", "[\"db\",\"deep\"]", "[\"other\"]")) {
            done(send("POST", "/v1/namespaces", "{\"namespace\":" + namespace + "}", administrator));
        }
        for (String table : List.of("a", "b")) {
            done(send("POST", TABLES, "{\"name\":\"%s\",\"schema\":%s}".formatted(table, SCHEMA), administrator));
        }
        done(send(
                "POST",
                "/v1/namespaces/db%1Fdeep/tables",
                "{\"name\":\"c\",\"schema\":%s}".formatted(SCHEMA),
                administrator));
    }

    @AfterAll
    void stop() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
        catalog.close();
    }

    @Test
    void whoMayReadOneTableMayReadThatTableAndNothingElse() throws IOException {
        String reader = caller("reader-of-a", grant("TABLE_READ_DATA", "\"namespace\":[\"db\"],\"table\":\"a\""));

        assertThat(status("GET", TABLES + "/a", "", reader)).isEqualTo(200);
        assertThat(status("HEAD", TABLES + "/a", "", reader)).isEqualTo(204);
        assertThat(catalog.send(
                                "GET",
                                TABLES + "/a",
                                "",
                                "Authorization",
                                "Bearer " + reader,
                                "X-Iceberg-Access-Delegation",
                                "vended-credentials")
                        .statusCode())
                .isEqualTo(200);
        assertThat(status("GET", "/v1/config", "", reader)).isEqualTo(200);

        for (String[] request : new String[][] {
            {"GET", "/v1/namespaces", ""},
            {"POST", "/v1/namespaces", "{\"namespace\":[\"mine\"]}"},
            {"GET", "/v1/namespaces/db", ""},
            {"HEAD", "/v1/namespaces/db", ""},
            {"DELETE", "/v1/namespaces/db", ""},
            {"POST", "/v1/namespaces/db/properties", "{\"updates\":{\"a\":\"1\"}}"},
            {"GET", TABLES, ""},
            {"POST", TABLES, "{\"name\":\"x\",\"schema\":%s}".formatted(SCHEMA)},
            {"POST", "/v1/namespaces/db/register", "{\"name\":\"x\",\"metadata-location\":\"file:///x.json\"}"},
            {"GET", TABLES + "/b", ""},
            {"HEAD", TABLES + "/b", ""},
            {"GET", TABLES + "/missing", ""},
            {"POST", TABLES + "/a", SET_PROPERTY},
            {"POST", TABLES + "/a", SET_REF},
            {"DELETE", TABLES + "/a", ""},
            {"POST", "/v1/tables/rename", rename("a", "x")},
            {"POST", "/v1/transactions/commit", transaction("a")},
            {"GET", "/v1/namespaces/db/views", ""},
            {"GET", "/management/v1/principals", ""},
            {"POST", "/management/v1/roles", "{\"name\":\"mine\"}"},
            {"POST", "/management/v1/principals/root-of-all/rotate", ""},
            {"POST", "/management/v1/signing-keys/rotate", ""},
        }) {
            assertThat(status(request[0], request[1], request[2], reader))
                    .as(request[0] + " " + request[1])
                    .isEqualTo(403);
        }
    }

    @Test
    void everyOperationRefusesWhoIsNotLoggedInAndWhoMayDoNothing() throws IOException {
        String nobody = caller("nobody");
        JsonNode endpoints =
                json(done(send("GET", "/v1/config", "", administrator))).path("endpoints");
        assertThat(endpoints.size()).isGreaterThan(20);
        for (JsonNode endpoint : endpoints) {
            String method = endpoint.asText().split(" ")[0];
            String path = endpoint.asText()
                    .split(" ")[1]
                    .replace("{prefix}", "default")
                    .replace("{namespace}", "db")
                    .replace("{table}", "a")
                    .replaceAll("\\{[^}]*}", "x");

            assertThat(catalog.send(method, path, "").statusCode())
                    .as("nobody: " + endpoint)
                    .isEqualTo(401);
            assertThat(status(method, path, "{}", nobody))
                    .as("without a grant: " + endpoint)
                    .isIn(400, 403);
        }
    }

    @Test
    void aForbiddenTableAndAMissingOneLookAlike() throws IOException {
        String reader = caller("reader-of-b", grant("TABLE_READ_DATA", "\"namespace\":[\"db\"],\"table\":\"b\""));

        HttpResponse<String> forbidden = send("GET", TABLES + "/a", "", reader);
        HttpResponse<String> missing = send("GET", TABLES + "/z", "", reader);

        assertThat(forbidden.statusCode()).isEqualTo(missing.statusCode());
        assertThat(forbidden.body().replace("db.a", "db.z")).isEqualTo(missing.body());
    }

    @Test
    void whoMayListLearnsThatATableIsMissing() throws IOException {
        String lister = caller("lister", grant("TABLE_LIST", "\"namespace\":[\"db\"]"));

        assertThat(send("GET", TABLES, "", lister).body()).contains("\"a\"").contains("\"b\"");
        assertThat(status("GET", TABLES + "/missing", "", lister)).isEqualTo(404);
        assertThat(status("GET", TABLES + "/a", "", lister)).isEqualTo(403);
    }

    @Test
    void whatIsGrantedOnANamespaceHoldsBelowItAndNotBesideIt() throws IOException {
        String writer = caller("writer", grant("TABLE_WRITE_PROPERTIES", "\"namespace\":[\"db\"]"));

        assertThat(status("POST", "/v1/namespaces/db%1Fdeep/tables/c", SET_PROPERTY, writer))
                .isEqualTo(200);
        assertThat(status("POST", TABLES + "/a", SET_PROPERTY, writer)).isEqualTo(200);
        assertThat(status("POST", TABLES + "/a", SET_REF, writer)).isEqualTo(403);
        assertThat(status("GET", "/v1/namespaces/other/tables/x", "", writer)).isEqualTo(403);
        assertThat(status("GET", "/v1/namespaces/db.deep/tables/c", "", writer)).isEqualTo(403);
    }

    @Test
    void atTransactionEveryTableIsLookedAt() throws IOException {
        String writer = caller("writer-of-a", grant("TABLE_WRITE_DATA", "\"namespace\":[\"db\"],\"table\":\"a\""));

        assertThat(status("POST", "/v1/transactions/commit", transaction("a"), writer))
                .isEqualTo(204);
        assertThat(status("POST", "/v1/transactions/commit", transaction("a", "b"), writer))
                .isEqualTo(403);
    }

    @Test
    void aRenameNeedsBothEnds() throws IOException {
        String mover = caller(
                "mover",
                grant("TABLE_DROP", "\"namespace\":[\"other\"]"),
                grant("TABLE_CREATE", "\"namespace\":[\"other\"]"));
        done(send(
                "POST",
                "/v1/namespaces/other/tables",
                "{\"name\":\"m\",\"schema\":%s}".formatted(SCHEMA),
                administrator));

        assertThat(status("POST", "/v1/tables/rename", rename("other", "m", "db", "m"), mover))
                .isEqualTo(403);
        assertThat(status("POST", "/v1/tables/rename", rename("db", "a", "other", "a"), mover))
                .isEqualTo(403);
        assertThat(status("POST", "/v1/tables/rename", rename("other", "m", "other", "n"), mover))
                .isEqualTo(204);
    }

    @Test
    void aGrantFollowsATableThatIsRenamedAndNotItsOldName() throws IOException {
        done(send("POST", TABLES, "{\"name\":\"old\",\"schema\":%s}".formatted(SCHEMA), administrator));
        String reader = caller("follower", grant("TABLE_READ_DATA", "\"namespace\":[\"db\"],\"table\":\"old\""));
        done(send("POST", "/v1/tables/rename", rename("old", "new"), administrator));
        done(send("POST", TABLES, "{\"name\":\"old\",\"schema\":%s}".formatted(SCHEMA), administrator));

        assertThat(status("GET", TABLES + "/new", "", reader)).isEqualTo(200);
        assertThat(status("GET", TABLES + "/old", "", reader)).isEqualTo(403);
        assertThat(send("GET", "/management/v1/roles/follower/grants", "", administrator)
                        .body())
                .contains("\"table\":\"new\"");
    }

    @Test
    void aRevokedGrantCountsNoMoreAtOnce() throws IOException {
        String grant = grant("TABLE_READ_DATA", "\"namespace\":[\"db\"]");
        String reader = caller("short", grant);
        assertThat(status("GET", TABLES + "/a", "", reader)).isEqualTo(200);

        done(send("POST", "/management/v1/roles/short/grants/revoke", grant, administrator));

        assertThat(status("GET", TABLES + "/a", "", reader)).isEqualTo(403);
        assertThat(status("POST", "/management/v1/roles/short/grants/revoke", grant, administrator))
                .isEqualTo(404);
    }

    @Test
    void whoManagesTheAccessOfAWarehouseGrantsInItAndNotOnTheServer() throws IOException {
        String manager = caller("manager", grant("CATALOG_MANAGE_ACCESS", ""));

        assertThat(status(
                        "POST",
                        "/management/v1/roles/manager/grants",
                        grant("TABLE_READ_DATA", "\"namespace\":[\"db\"]"),
                        manager))
                .isEqualTo(204);
        assertThat(status(
                        "POST",
                        "/management/v1/roles/manager/grants",
                        "{\"privilege\":\"SERVICE_ADMIN\",\"on\":{}}",
                        manager))
                .isEqualTo(403);
        assertThat(status("POST", "/management/v1/principals", "{\"name\":\"x\"}", manager))
                .isEqualTo(403);
    }

    @Test
    void grantsThatMakeNoSenseAreRefused() throws IOException {
        caller("nonsense", grant("TABLE_LIST", ""));
        String grants = "/management/v1/roles/nonsense/grants";

        assertThat(status("POST", grants, grant("TABLE_EAT", ""), administrator))
                .isEqualTo(400);
        assertThat(status("POST", grants, grant("CATALOG_CREATE", ""), administrator))
                .isEqualTo(400);
        assertThat(status("POST", grants, grant("VIEW_DROP", "\"namespace\":[\"db\"],\"table\":\"a\""), administrator))
                .isEqualTo(400);
        assertThat(status("POST", grants, grant("TABLE_DROP", "\"namespace\":[\"db\"],\"table\":\"z\""), administrator))
                .isEqualTo(404);
        assertThat(status("POST", grants, grant("TABLE_LIST", "\"namespace\":[\"z\"]"), administrator))
                .isEqualTo(404);
        assertThat(status("POST", "/management/v1/roles/z/grants", grant("TABLE_LIST", ""), administrator))
                .isEqualTo(404);
        assertThat(status("POST", "/management/v1/roles", "{\"name\":\"nonsense\"}", administrator))
                .isEqualTo(409);
        assertThat(status("POST", "/management/v1/principals", "{\"name\":\"x\",\"identity\":\"y\"}", administrator))
                .isEqualTo(400);
    }

    @Test
    void theKeysOfTwoPrincipalsNeverMeet() throws IOException {
        String one = caller("keyed-one", grant("NAMESPACE_CREATE", ""));
        String other = caller("keyed-other", grant("NAMESPACE_CREATE", ""));
        String key = UUID.randomUUID().toString();

        HttpResponse<String> first = keyed("{\"namespace\":[\"keyed1\"]}", one, key);
        HttpResponse<String> second = keyed("{\"namespace\":[\"keyed2\"]}", other, key);

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(keyed("{\"namespace\":[\"keyed1\"]}", one, key).body()).isEqualTo(first.body());
        assertThat(keyed("{\"namespace\":[\"keyed2\"]}", one, key).statusCode()).isEqualTo(422);
    }

    @Test
    void refusalsAndLoginsAreAuditedAndNoSecretIsEverWritten() throws IOException {
        JsonNode made = json(send("POST", "/management/v1/principals", "{\"name\":\"canary\"}", administrator));
        String secret = made.path("client-secret").asText();
        String id = made.path("client-id").asText();
        String held = token(id, secret);
        String wrong = "canary-wrong-secret-1234567890";
        catalog.send(
                "POST",
                "/v1/oauth/tokens",
                "grant_type=client_credentials&client_id=%s&client_secret=%s".formatted(wrong, wrong),
                "content-type",
                "application/x-www-form-urlencoded");
        assertThat(status("GET", TABLES, "", held)).isEqualTo(403);
        HttpResponse<String> refused = catalog.send("GET", TABLES, "", "Authorization", "Bearer " + held + "x");
        String metrics = catalog.send("GET", "/metrics", "").body();
        String described = send("GET", "/management/v1/principals/canary", "", administrator)
                .body();

        List<String> lines = List.copyOf(log.list).stream()
                .map(event -> event.getFormattedMessage() + event.getThrowableProxy())
                .toList();
        assertThat(lines)
                .anyMatch(line -> line.contains("\"action\":\"create-principal\"") && line.contains("principal/canary"))
                .anyMatch(line -> line.contains("\"action\":\"login\"") && line.contains(id))
                .anyMatch(line -> line.contains("\"action\":\"login\"") && line.contains("\"principal\":\"unknown\""))
                .anyMatch(line -> line.contains("\"action\":\"authorize\"")
                        && line.contains("\"outcome\":\"denied\"")
                        && line.contains(id));
        for (String hidden : List.of(secret, held, wrong, OwnLoginTest.ROOT_SECRET, administrator)) {
            assertThat(lines).noneMatch(line -> line.contains(hidden));
            assertThat(refused.body() + metrics + described).doesNotContain(hidden);
        }
        assertThat(metrics).contains("tarn_catalog_audit_total{action=\"login\",outcome=\"denied\"}");
    }

    private String caller(String name, String... grants) throws IOException {
        done(send("POST", "/management/v1/roles", "{\"name\":\"%s\"}".formatted(name), administrator));
        for (String grant : grants) {
            done(send("POST", "/management/v1/roles/" + name + "/grants", grant, administrator));
        }
        JsonNode made = json(
                done(send("POST", "/management/v1/principals", "{\"name\":\"%s\"}".formatted(name), administrator)));
        done(send("PUT", "/management/v1/principals/" + name + "/roles/" + name, "", administrator));
        return token(made.path("client-id").asText(), made.path("client-secret").asText());
    }

    private static String grant(String privilege, String on) {
        return "{\"privilege\":\"%s\",\"on\":{\"warehouse\":\"default\"%s}}"
                .formatted(privilege, on.isEmpty() ? "" : "," + on);
    }

    private static String rename(String from, String to) {
        return rename("db", from, "db", to);
    }

    private static String rename(String fromNamespace, String from, String toNamespace, String to) {
        return ("{\"source\":{\"namespace\":[\"%s\"],\"name\":\"%s\"},"
                        + "\"destination\":{\"namespace\":[\"%s\"],\"name\":\"%s\"}}")
                .formatted(fromNamespace, from, toNamespace, to);
    }

    private static String transaction(String... tables) {
        List<String> changes = List.of(tables).stream()
                .map(table -> "{\"identifier\":{\"namespace\":[\"db\"],\"name\":\"%s\"},%s"
                        .formatted(table, SET_PROPERTY.substring(1)))
                .toList();
        return "{\"table-changes\":[" + String.join(",", changes) + "]}";
    }

    private HttpResponse<String> keyed(String body, String token, String key) {
        return catalog.send("POST", "/v1/namespaces", body, "Authorization", "Bearer " + token, "Idempotency-Key", key);
    }

    private String token(String id, String secret) throws IOException {
        return json(done(catalog.send(
                        "POST",
                        "/v1/oauth/tokens",
                        "grant_type=client_credentials&client_id=%s&client_secret=%s".formatted(id, secret),
                        "content-type",
                        "application/x-www-form-urlencoded")))
                .path("access_token")
                .asText();
    }

    private int status(String method, String path, String body, String token) {
        return send(method, path, body, token).statusCode();
    }

    private HttpResponse<String> send(String method, String path, String body, String token) {
        return catalog.send(method, path, body, "Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> done(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return answer;
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }
}
