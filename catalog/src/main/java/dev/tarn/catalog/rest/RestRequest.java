package dev.tarn.catalog.rest;

import dev.tarn.catalog.auth.Authorizer;
import dev.tarn.catalog.auth.Caller;
import dev.tarn.catalog.auth.Privilege;
import dev.tarn.catalog.auth.Securable;
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
 * @param caller who asks
 * @param authorizer decides what they may do
 * @param http as it came
 * @param variables raw path segments by the names that the route gives them
 * @param query raw query values by name
 */
record RestRequest(
        Caller caller, Authorizer authorizer, Request http, Map<String, String> variables, Map<String, String> query) {
    /** Lets the caller pass or not; for what only the body names. See {@link Authorizer#require}. */
    void require(Privilege privilege, Securable on) {
        authorizer.require(caller, privilege, on);
    }

    /** Notes that the caller was handed something that outlives the request. See {@link Authorizer#noteHandedOut}. */
    void noteHandedOut(String action, Securable on) {
        authorizer.noteHandedOut(caller, action, on);
    }

    /** Whether the caller may do this, where the answer depends on it but is no refusal. */
    boolean may(Privilege privilege, Securable on) {
        return authorizer.may(caller, privilege, on);
    }

    /** What the path names: a table, a view, a namespace, or the warehouse where it names nothing. */
    Securable securable() {
        if (variables.containsKey("table")) {
            return Securable.table(table());
        }
        if (variables.containsKey("view")) {
            return Securable.view(view());
        }
        return variables.containsKey("namespace") ? Securable.namespace(namespace()) : Securable.warehouse();
    }

    /** A part of the path that is a name without further structure. */
    String pathText(String name) {
        return PathDecoder.decode(variable(name));
    }

    /** The name of the warehouse that an administrative path names. */
    String warehouse() {
        return PathDecoder.decode(variable("warehouse"));
    }

    /** The id that an administrative path names. */
    String id() {
        return PathDecoder.decode(variable("id"));
    }

    List<String> namespace() {
        return ObjectName.checkedNamespace(PathDecoder.namespace(variable("namespace")));
    }

    ObjectName table() {
        return new ObjectName(namespace(), PathDecoder.decode(variable("table")));
    }

    ObjectName view() {
        return new ObjectName(namespace(), PathDecoder.decode(variable("view")));
    }

    ObjectName function() {
        return new ObjectName(namespace(), PathDecoder.decode(variable("function")));
    }

    /** Whether the client holds what has this tag, and need not get it again. */
    boolean isUnchanged(String etag) {
        return ETags.isUnchanged(http, etag);
    }

    /** Whether the client names this very version. */
    boolean holds(String etag) {
        return ETags.holds(http, etag);
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
        return accessDelegation(http);
    }

    static Set<AccessMechanism> accessDelegation(Request http) {
        return http.header("x-iceberg-access-delegation")
                .map(AccessMechanism::parse)
                .orElse(Set.of());
    }

    /** Whether the path names a table, and not only its namespace. */
    boolean namesTable() {
        return variables.containsKey("table");
    }

    /** The table that the path names, or the body where it makes one. */
    ObjectName target() {
        return namesTable()
                ? table()
                : new ObjectName(
                        namespace(), Json.readObject(http.body()).path("name").asText());
    }

    /** What the path begins with, relative to the catalog's own URI: {@code v1}, or {@code v1/warehouse}. */
    String base() {
        String path = http.path().substring(1);
        return path.substring(0, path.indexOf("/namespaces/"));
    }

    /** A segment of the path, decoded. */
    String pathVariable(String name) {
        return PathDecoder.decode(variable(name));
    }

    private String variable(String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    static RestRequest of(Caller caller, Authorizer authorizer, Request http, Map<String, String> variables) {
        return new RestRequest(caller, authorizer, http, new HashMap<>(variables), PathDecoder.query(http.query()));
    }
}
