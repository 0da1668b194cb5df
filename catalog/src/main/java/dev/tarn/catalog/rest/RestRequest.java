package dev.tarn.catalog.rest;

import dev.tarn.catalog.credentials.AccessMechanism;
import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.model.ObjectName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * A request that matched a route.
 *
 * @param http as it came
 * @param variables raw path segments by the names that the route gives them
 * @param query raw query values by name
 */
record RestRequest(Request http, Map<String, String> variables, Map<String, String> query) {
    /** Who asks. Until a login is configured everybody is the same principal. */
    static final String ANONYMOUS = "anonymous";

    List<String> namespace() {
        return ObjectName.checkedNamespace(PathDecoder.namespace(variable("namespace")));
    }

    ObjectName table() {
        return new ObjectName(namespace(), PathDecoder.decode(variable("table")));
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name)).map(PathDecoder::decode);
    }

    Optional<List<String>> namespaceParameter(String name) {
        return Optional.ofNullable(query.get(name))
                .filter(raw -> !raw.isEmpty())
                .map(PathDecoder::namespace);
    }

    boolean flag(String name) {
        String value = parameter(name).orElse("false").toLowerCase(Locale.ROOT);
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadRequestException("Query parameter '%s' must be true or false", name);
        };
    }

    /** How the client can use access to the files of the table; empty where it asks for none. */
    Set<AccessMechanism> accessDelegation() {
        return http.header("x-iceberg-access-delegation")
                .map(AccessMechanism::parse)
                .orElse(Set.of());
    }

    /** Whether the path names a table, and not only its namespace. */
    boolean namesTable() {
        return variables.containsKey("table");
    }

    /**
     * Where the catalog has the table that the path names, or the body where it makes one; relative to the catalog's own
     * URI, in the one encoding of its names.
     */
    String tablePath() {
        String name = namesTable()
                ? table().name()
                : Json.readObject(http.body()).path("name").asText();
        String path = http.path().substring(1);
        String base = path.substring(0, path.indexOf("/namespaces/"));
        return base + "/namespaces/" + PathDecoder.encode(String.join("\u001f", namespace())) + "/tables/"
                + PathDecoder.encode(name);
    }

    private String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    static RestRequest of(Request http, Map<String, String> variables) {
        return new RestRequest(http, new HashMap<>(variables), PathDecoder.query(http.query()));
    }
}
