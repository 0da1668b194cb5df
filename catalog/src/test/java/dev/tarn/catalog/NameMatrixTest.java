package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names that have broken catalogs: each one comes back exactly as it was given, by the newest client, by URLs as older
 * clients write them, and by URLs that encode every byte; or it is refused. All names live beside each other, so that one
 * that is taken for another is found out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NameMatrixTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

    /** Separated by a character that is in none of them. */
    private static final List<String> LEGAL = List.of(
            "*¦?¦**¦a*b¦a?b¦${aws:username}¦${*}¦$¦#¦a#b¦&¦a&b=c¦=¦;¦a;b¦:¦a:b¦@¦!¦~¦^¦`¦|¦<¦>",
            "<script>¦(¦)¦[¦]¦{¦}¦[0]¦'¦\"¦a'b¦a\"b¦''¦' OR '1'='1¦'; DROP TABLE object; --¦\\¦a\\b",
            "\\..\\¦\\u0041¦\\n¦/¦//¦a/b¦/a¦a/¦.¦..¦...¦../..¦../../etc/passwd¦./a¦a/../b¦.hidden",
            "a.¦a.b¦a..b¦%¦%%¦%2F¦%2f¦%252F¦%00¦%1F¦%251F¦%20¦%zz¦100%¦+¦a+b¦++¦%2B¦ ¦  ¦ a¦a ¦a b",
            "-¦--¦-a¦_¦a,b¦,¦con¦CON¦nul¦aux¦com1¦PRN.txt¦null¦NULL¦true¦undefined¦0¦-1¦1e300¦NaN",
            "constructor¦__proto__¦tables¦views¦namespaces¦config¦rename¦register¦default¦case¦Case",
            "CASE¦straße¦STRASSE¦ı¦I¦İ¦i¦é¦e\u0301¦Å¦\u212B¦ﬁ¦ｆｉ¦日本語¦עברית¦\u202Eabc¦a\u202Eb",
            "\u200Ba¦a\u200Db¦\uFEFFa¦\u00A0¦\u2028¦\u3000¦🏔¦👩‍👩‍👧‍👦¦𝔘𝔫𝔦𝔠𝔬𝔡𝔢¦\uFFFD¦\uFFFF¦a|b");

    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeAll
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        client = catalog.client();
    }

    @AfterAll
    void stop() {
        catalog.close();
    }

    static Stream<String> legalNames() {
        Stream<String> plain = LEGAL.stream().flatMap(line -> Stream.of(line.split("¦", -1)));
        return Stream.concat(plain, Stream.of("x".repeat(255), "é".repeat(127), "🏔".repeat(63), "%".repeat(255)));
    }

    static Stream<String> illegalNames() {
        return Stream.of(
                "",
                "\0",
                "a\0b",
                "\u001F",
                "a\u001Fb",
                "\u0001",
                "\t",
                "\n",
                "a\nb",
                "\r",
                "\u007F",
                "\u0080",
                "\u009F",
                "x".repeat(256),
                "é".repeat(128),
                "🏔".repeat(64));
    }

    @Test
    void theMatrixHasMoreThanAHundredAndTwentyNamesAndNoneTwice() {
        assertThat(legalNames().distinct().count())
                .isEqualTo(legalNames().count())
                .isGreaterThan(120);
    }

    @ParameterizedTest
    @MethodSource("legalNames")
    void aTableComesBackUnderItsNameAndNoOther(String name) throws IOException {
        Namespace namespace = Namespace.of(name, name);
        client.createNamespace(Namespace.of(name));
        client.createNamespace(namespace, new HashMap<>(Map.of("of", "namespace " + name)));
        TableIdentifier table = TableIdentifier.of(namespace, name);
        client.buildTable(table, SCHEMA).withProperty("of", name).create();

        assertThat(client.loadTable(table).properties()).containsEntry("of", name);
        assertThat(client.listTables(namespace)).containsExactly(table);
        assertThat(client.listNamespaces(Namespace.of(name))).containsExactly(namespace);
        assertThat(client.loadNamespaceMetadata(namespace)).containsEntry("of", "namespace " + name);
        for (String path : List.of(oldPath(name), everyByte(name))) {
            JsonNode loaded =
                    JSON.readTree(raw("GET", path + "/tables/" + path.substring(path.lastIndexOf("%1F") + 3)));
            assertThat(loaded.at("/metadata/properties/of").asText()).isEqualTo(name);
            JsonNode listed = JSON.readTree(raw("GET", path + "/tables"));
            assertThat(listed.at("/identifiers/0/name").asText()).isEqualTo(name);
            assertThat(listed.at("/identifiers/0/namespace/1").asText()).isEqualTo(name);
        }

        TableIdentifier renamed = TableIdentifier.of(Namespace.of(name), name);
        client.renameTable(table, renamed);
        assertThat(client.tableExists(table)).isFalse();
        assertThat(client.loadTable(renamed).properties()).containsEntry("of", name);
        assertThat(client.dropTable(renamed, false)).isTrue();
        assertThat(client.dropNamespace(namespace)).isTrue();
        assertThat(client.listNamespaces().stream().map(levels -> levels.level(0)))
                .contains(name);
    }

    @Test
    void allNamesLiveBesideEachOther() {
        Namespace namespace = Namespace.of("together");
        client.createNamespace(namespace);
        List<TableIdentifier> tables =
                legalNames().map(name -> TableIdentifier.of(namespace, name)).toList();
        tables.forEach(table -> client.buildTable(table, SCHEMA)
                .withProperty("of", table.name())
                .create());

        assertThat(client.listTables(namespace)).containsExactlyInAnyOrderElementsOf(tables);
        RESTCatalog paging = catalog.client(Map.of("rest-page-size", "7"));
        assertThat(paging.listTables(namespace)).containsExactlyInAnyOrderElementsOf(tables);
        for (TableIdentifier table : tables) {
            Table loaded = client.loadTable(table);
            assertThat(loaded.properties()).containsEntry("of", table.name());
        }
        assertThat(tables.stream()
                        .map(table -> client.loadTable(table).location())
                        .distinct())
                .hasSameSizeAs(tables);
        for (TableIdentifier table : tables) {
            assertThat(client.dropTable(table, false)).isTrue();
        }
        assertThat(client.listTables(namespace)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("illegalNames")
    void aNameThatCannotComeBackIsRefusedEverywhere(String name) throws IOException {
        String quoted = JSON.writeValueAsString(name);
        catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"strict\"]}");
        String table = "{\"name\":%s,\"schema\":{\"type\":\"struct\",\"fields\":[]}}".formatted(quoted);
        List<HttpResponse<String>> refused = List.of(
                catalog.send("POST", "/v1/namespaces", "{\"namespace\":[%s]}".formatted(quoted)),
                catalog.send("POST", "/v1/namespaces", "{\"namespace\":[\"strict\",%s]}".formatted(quoted)),
                catalog.send("POST", "/v1/namespaces/strict/tables", table),
                catalog.send(
                        "POST",
                        "/v1/tables/rename",
                        "{\"source\":{\"namespace\":[\"strict\"],\"name\":\"a\"},"
                                + "\"destination\":{\"namespace\":[\"strict\"],\"name\":%s}}".formatted(quoted)));

        assertThat(refused).allSatisfy(answer -> {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("\"code\":400");
        });
        if (!name.contains("\u001F") || name.length() > 1) {
            assertThat(statusOf("GET", "/v1/namespaces/strict/tables/" + bytes(name)))
                    .isEqualTo(400);
        }
        assertThat(JSON.readTree(catalog.send("GET", "/v1/namespaces/strict/tables", "")
                                .body())
                        .get("identifiers"))
                .isEmpty();
    }

    /** As the clients up to 1.11 write it: like a form, with a plus sign for a space. */
    private static String oldPath(String name) {
        String form = URLEncoder.encode(name, StandardCharsets.UTF_8);
        return "/v1/namespaces/" + form + "%1F" + form;
    }

    private static String everyByte(String name) {
        return "/v1/namespaces/" + bytes(name) + "%1F" + bytes(name);
    }

    private static String bytes(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            encoded.append('%').append("%02X".formatted(b & 0xff));
        }
        return encoded.toString();
    }

    private String raw(String method, String path) {
        String answer = exchange(method, path);
        assertThat(answer).startsWith("HTTP/1.1 200");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private int statusOf(String method, String path) {
        return Integer.parseInt(exchange(method, path).substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    /** By a plain socket, since a URI class would refuse or rewrite some of these paths. */
    private String exchange(String method, String path) {
        try (Socket socket = new Socket(
                catalog.server().uri().getHost(), catalog.server().uri().getPort())) {
            String request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
