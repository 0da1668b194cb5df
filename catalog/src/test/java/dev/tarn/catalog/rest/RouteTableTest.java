package dev.tarn.catalog.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Route LIST = route("GET", "/v1/{prefix}/namespaces");
    private static final Route LOAD = route("GET", "/v1/{prefix}/namespaces/{namespace}/tables/{table}");
    private static final Route COMMIT = route("POST", "/v1/{prefix}/namespaces/{ns}/tables/{name}");
    private static final Route RENAME = route("POST", "/v1/{prefix}/namespaces/{namespace}/tables/rename");
    private static final Route DEEP = route("GET", "/v1/{prefix}/namespaces/{namespace}/tables/rename/log");

    private final RouteTable table = new RouteTable("/v1/{prefix}", List.of(LIST, LOAD, COMMIT, RENAME, DEEP));

    @Test
    void findsARouteByMethodAndNamesItsSegments() {
        RouteTable.Match load = find("GET", "/v1/namespaces/a%1Fb/tables/t", 1);
        assertThat(load.route()).isSameAs(LOAD);
        assertThat(load.variables()).isEqualTo(Map.of("namespace", "a%1Fb", "table", "t"));
        RouteTable.Match commit = find("POST", "/v1/w/namespaces/a/tables/t", 2);
        assertThat(commit.route()).isSameAs(COMMIT);
        assertThat(commit.variables()).isEqualTo(Map.of("ns", "a", "name", "t"));
        assertThat(find("GET", "/namespaces", 0).route()).isSameAs(LIST);
        assertThat(table.heads()).containsExactly("namespaces");
    }

    @Test
    void aLiteralSegmentWinsOverAVariable() {
        assertThat(find("POST", "/namespaces/a/tables/rename", 0).route()).isSameAs(RENAME);
        assertThat(find("GET", "/namespaces/a/tables/rename/log", 0).route()).isSameAs(DEEP);
    }

    @Test
    void tellsAMissingPathFromAMissingMethod() {
        assertThatThrownBy(() -> find("GET", "/nothing", 0))
                .isInstanceOf(NoSuchRouteException.class)
                .hasMessage("The catalog has no such path");
        assertThatThrownBy(() -> find("GET", "/namespaces/a/tables/t/more", 0))
                .isInstanceOf(NoSuchRouteException.class)
                .hasMessage("The catalog has no such path");
        assertThatThrownBy(() -> find("GET", "/namespaces/a", 0))
                .isInstanceOf(NoSuchRouteException.class)
                .hasMessage("The catalog has no such path");
        assertThatThrownBy(() -> find("PUT", "/namespaces", 0))
                .isInstanceOf(NoSuchRouteException.class)
                .hasMessage("Method PUT is not allowed here");
    }

    @Test
    void refusesTwoRoutesForOneRequest() {
        assertThatThrownBy(() -> new RouteTable("/v1/{prefix}", List.of(LOAD, route("GET", LOAD.template()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Route GET /v1/{prefix}/namespaces/{namespace}/tables/{table} exists twice");
        assertThatThrownBy(() -> new RouteTable("/v1/{prefix}", List.of(route("GET", "/v1/config"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Route GET /v1/config must begin with /v1/{prefix}");
    }

    private RouteTable.Match find(String method, String path, int from) {
        return table.find(method, PathDecoder.segments(path), from);
    }

    private static Route route(String method, String template) {
        return Route.of(method, template, Guard.login(), request -> Replies.noContent());
    }
}
