package dev.tarn.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that have broken other catalogs: each comes back exactly as it was given, or is refused by a 400. */
class NamesTest {
    private static final Schema SCHEMA = new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> NAMES = List.of(
            "plain",
            "PLAIN",
            "Plain",
            "a.b",
            "a.b.c",
            ".a",
            "a.",
            "..",
            ".",
            "...",
            "a/b",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            "a\\b",
            "a b",
            " a",
            "a ",
            "  ",
            "a+b",
            "a%2Fb",
            "a%2fb",
            "%2F",
            "%",
            "%%",
            "%00",
            "%zz",
            "a?b",
            "a#b",
            "a&b=c",
            "a;b",
            "a:b",
            "a@b",
            "a,b",
            "a*b",
            "*",
            "a|b",
            "a<b>",
            "a'b",
            "a\"b",
            "a`b",
            "$a",
            "${aws:username}",
            "{table}",
            "~a",
            "a\tb",
            "a\nb",
            "a\u007fb",
            "a\u001fb",
            "a\u0000b",
            "\u0000",
            "täble",
            "ta\u0308ble",
            "表",
            "таблица",
            "جدول",
            "\u202eelbat",
            "a\u200bb",
            "\ufeffa",
            "🧊",
            "👩‍👩‍👧",
            "ß",
            "SS",
            "İ",
            "i",
            "con",
            "nul",
            "namespaces",
            "tables",
            "views",
            "x".repeat(255),
            "é".repeat(120),
            "x".repeat(300));

    private RunningCatalog catalog;
    private RESTCatalog client;

    @BeforeEach
    void start(@TempDir Path folder) {
        catalog = RunningCatalog.over(folder);
        client = catalog.client();
        client.createNamespace(Namespace.of("db"));
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    @Test
    void aTableIsFoundByItsExactNameOnlyOrTheNameIsRefused() {
        Map<String, String> uuids = new LinkedHashMap<>();
        List<String> refused = new ArrayList<>();
        for (String name : NAMES) {
            try {
                uuids.put(
                        name,
                        client.createTable(TableIdentifier.of("db", name), SCHEMA)
                                .uuid()
                                .toString());
            } catch (BadRequestException e) {
                refused.add(name);
            }
        }
        System.out.printf("names of tables: %d taken, %d refused%n", uuids.size(), refused.size());

        assertThat(refused).contains("a\u0000b", "x".repeat(300)).doesNotContain("a.b", "a/b", "täble", "🧊", "a b");
        assertThat(client.listTables(Namespace.of("db")))
                .extracting(TableIdentifier::name)
                .containsExactlyInAnyOrderElementsOf(uuids.keySet());
        uuids.forEach((name, uuid) -> assertThat(
                        client.loadTable(TableIdentifier.of("db", name)).uuid())
                .as("uuid of '%s'", name)
                .hasToString(uuid));
        uuids.forEach(this::isNeverMistakenInAnyEncoding);
        uuids.forEach(this::movesAndGoes);
        assertThat(client.listTables(Namespace.of("db"))).isEmpty();
    }

    @Test
    void aNamespaceIsFoundByItsExactNameOnlyOrTheNameIsRefused() {
        List<Namespace> taken = new ArrayList<>();
        for (String name : NAMES) {
            // The client itself refuses a null byte in a namespace, before it asks the server.
            if (name.indexOf('\0') < 0) {
                for (Namespace namespace : List.of(Namespace.of(name), Namespace.of("db", name))) {
                    if (isTaken(namespace)) {
                        taken.add(namespace);
                    }
                }
            }
        }
        System.out.printf("names of namespaces: %d taken%n", taken.size());

        for (Namespace namespace : taken) {
            assertThat(client.loadNamespaceMetadata(namespace))
                    .containsEntry("of", String.join("|", namespace.levels()));
            client.createTable(TableIdentifier.of(namespace, "t"), SCHEMA);
            assertThat(client.listTables(namespace)).containsExactly(TableIdentifier.of(namespace, "t"));
            client.dropTable(TableIdentifier.of(namespace, "t"));
        }
        assertThat(client.listNamespaces(Namespace.of("db")))
                .containsExactlyInAnyOrderElementsOf(
                        taken.stream().filter(one -> one.length() == 2).toList());
        for (Namespace namespace : taken) {
            assertThat(client.dropNamespace(namespace)).isTrue();
        }
        assertThat(client.listNamespaces()).containsExactly(Namespace.of("db"));
    }

    private boolean isTaken(Namespace namespace) {
        try {
            client.createNamespace(namespace, new HashMap<>(Map.of("of", String.join("|", namespace.levels()))));
            return true;
        } catch (BadRequestException e) {
            assertThat(namespace.level(namespace.length() - 1))
                    .as("a name that is refused")
                    .isNotIn("a.b", "a/b", "täble", "🧊", "a b");
            return false;
        }
    }

    /** Old and new clients write a name into a path in different ways; none may reach another table or a failure. */
    private void isNeverMistakenInAnyEncoding(String name, String uuid) {
        String form = URLEncoder.encode(name, StandardCharsets.UTF_8);
        Map<String, String> encodings = new TreeMap<>(Map.of(
                "form", form,
                "percent", form.replace("+", "%20"),
                "lower case", form.replace("+", "%20").toLowerCase(Locale.ROOT)));
        encodings.put("every byte", everyByte(name));
        encodings.forEach((encoding, segment) -> {
            HttpResponse<String> answer = catalog.send("GET", "/v1/namespaces/db/tables/" + segment, "");
            assertThat(answer.statusCode())
                    .as("status of '%s' as %s", name, encoding)
                    .isIn(Set.of(200, 400, 404));
            if (answer.statusCode() == 200 && !encoding.equals("lower case")) {
                assertThat(uuidIn(answer.body()))
                        .as("'%s' as %s", name, encoding)
                        .isEqualTo(uuid);
            }
        });
    }

    private void movesAndGoes(String name, String uuid) {
        TableIdentifier table = TableIdentifier.of("db", name);
        TableIdentifier moved = TableIdentifier.of("db", "moved");
        client.renameTable(table, moved);
        assertThat(client.loadTable(moved).uuid()).hasToString(uuid);
        client.renameTable(moved, table);
        assertThat(client.dropTable(table)).isTrue();
        assertThat(client.tableExists(table)).isFalse();
        assertThatThrownBy(() -> client.loadTable(table)).isInstanceOf(NoSuchTableException.class);
    }

    private static String everyByte(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte one : name.getBytes(StandardCharsets.UTF_8)) {
            encoded.append("%%%02X".formatted(one & 0xff));
        }
        return encoded.toString();
    }

    private static String uuidIn(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            return answer.path("metadata").path("table-uuid").asText();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
