package dev.tarn.catalog.rest;

import dev.tarn.catalog.http.Request;
import dev.tarn.catalog.model.ObjectName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    ObjectName view() {
        return new ObjectName(namespace(), PathDecoder.decode(variable("view")));
    }

    /** Whether the client holds what has this tag, and need not get it again. */
    boolean isUnchanged(String etag) {
        return http.header("if-none-match").stream()
                .flatMap(given -> Arrays.stream(given.split(",", -1)))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                .anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
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

    /** Whether the client asked for credentials with the table. */
    boolean asksForCredentials() {
        return http.header("x-iceberg-access-delegation")
                .map(value -> value.toLowerCase(Locale.ROOT).contains("vended-credentials"))
                .orElse(false);
    }

    private String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    static RestRequest of(Request http, Map<String, String> variables) {
        return new RestRequest(http, new HashMap<>(variables), PathDecoder.query(http.query()));
    }
}
