package dev.tarn.bench;

import dev.tarn.bench.Peer.Ability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Every load that is measured. Confined to one thread: it remembers which tables it made. */
final class Scenarios {
    private static final int CONNECTIONS = 4;
    private static final int WRITERS = 16;
    private static final int STEADY_PER_SECOND = 2_000;
    private static final String GZIP = "Accept-Encoding: gzip\r\n";

    private final int long1;
    private final int long2;
    private final int manyTables;
    private final Set<String> made = new HashSet<>();

    /**
     * Loads of a given size.
     *
     * @param long1 snapshots of the table with a long history
     * @param long2 snapshots of the one with a very long history
     * @param manyTables tables of the crowded namespace
     */
    Scenarios(int long1, int long2, int manyTables) {
        this.long1 = long1;
        this.long2 = long2;
        this.manyTables = manyTables;
    }

    List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(loads());
        all.addAll(commits());
        all.addAll(crowds());
        return all;
    }

    private List<Scenario> loads() {
        Set<Ability> any = Set.of();
        Set<Ability> catalog = EnumSet.of(Ability.CATALOG);
        Set<Ability> history = EnumSet.of(Ability.CATALOG, Ability.HISTORY);
        Set<Ability> unchanged = EnumSet.of(Ability.NOT_MODIFIED);
        String all1 = "load a table of " + long1 + " snapshots, ";
        String all2 = "load a table of " + long2 + " snapshots, ";
        return List.of(
                new Scenario("config", "GET /v1/config", CONNECTIONS, 0, catalog, Scenarios::config),
                load("load", "load a table of 10 snapshots", any, 10, "", ""),
                load("load-gzip", "the same, gzip accepted", any, 10, "", GZIP),
                new Scenario("not-modified", "load it unchanged: 304", CONNECTIONS, 0, unchanged, this::notModified),
                load("refs-10", "load a table of 10 snapshots, refs, gzip", history, 10, "?snapshots=refs", GZIP),
                load("all-long", all1 + "all", history, long1, "", ""),
                load("refs-long", all1 + "refs, gzip", history, long1, "?snapshots=refs", GZIP),
                load("all-very-long", all2 + "all, gzip", history, long2, "", GZIP),
                load("refs-very-long", all2 + "refs, gzip", history, long2, "?snapshots=refs", GZIP),
                new Scenario(
                        "steady",
                        "load at " + STEADY_PER_SECOND + " requests/s",
                        WRITERS,
                        STEADY_PER_SECOND,
                        any,
                        (peer, tables, source) -> load(peer, tables, source, 10, "", "")));
    }

    private List<Scenario> commits() {
        Set<Ability> catalog = EnumSet.of(Ability.CATALOG);
        Set<Ability> history = EnumSet.of(Ability.CATALOG, Ability.HISTORY);
        return List.of(
                commit("commit", "commit, 1 writer", 1, catalog, 0),
                commit("commit-16", "commit, 16 writers on 16 tables", WRITERS, catalog, 0),
                commit("commit-very-long", "commit to a table of " + long2 + " snapshots, gzip", 1, history, long2));
    }

    private List<Scenario> crowds() {
        String many = Integer.toString(manyTables);
        return List.of(
                crowd(
                        "create-few",
                        "create a table beside few",
                        WRITERS,
                        (peer, tables, source) -> creates(peer, tables, "few", 0)),
                crowd(
                        "list-few",
                        "a page of 100 names of 1000",
                        CONNECTIONS,
                        (peer, tables, source) -> pages(peer, tables, "some", 1_000)),
                crowd(
                        "create-many",
                        "create a table beside " + many,
                        WRITERS,
                        (peer, tables, source) -> creates(peer, tables, "many", manyTables)),
                crowd(
                        "list-many",
                        "a page of 100 names of " + many,
                        CONNECTIONS,
                        (peer, tables, source) -> pages(peer, tables, "many", manyTables)));
    }

    private static Scenario crowd(String name, String title, int connections, Scenario.Preparation preparation) {
        return new Scenario(name, title, connections, 0, EnumSet.of(Ability.MANY_TABLES), preparation);
    }

    private Scenario commit(String name, String title, int writers, Set<Ability> needs, int snapshots) {
        return new Scenario(
                name, title, writers, 0, needs, (peer, tables, source) -> commits(peer, tables, writers, snapshots));
    }

    private Scenario load(String name, String title, Set<Ability> needs, int snapshots, String query, String headers) {
        return new Scenario(
                name,
                title,
                CONNECTIONS,
                0,
                needs,
                (peer, tables, source) -> load(peer, tables, source, snapshots, query, headers));
    }

    private static Traffic.Requests config(Peer peer, Tables tables, Optional<Peer> source) {
        String root = URI.create(peer.root()).getPath();
        byte[] request = request(peer, "GET", root.substring(0, root.indexOf("/v1")) + "/v1/config", "", "");
        return (connection, index) -> request;
    }

    private Traffic.Requests load(
            Peer peer, Tables tables, Optional<Peer> source, int snapshots, String query, String headers) {
        String path = Tables.path("t" + snapshots);
        if (peer.abilities().contains(Ability.CATALOG)) {
            table(peer, tables, snapshots);
        } else {
            Peer from = source.orElseThrow(() -> new IllegalStateException("The floor needs a catalog's answer"));
            table(from, tables, snapshots);
            tables.client().post(peer, path, tables.client().get(from, path + query));
        }
        byte[] request = request(peer, "GET", URI.create(peer.root()).getPath() + path + query, headers, "");
        return (connection, index) -> request;
    }

    private Traffic.Requests notModified(Peer peer, Tables tables, Optional<Peer> source) {
        table(peer, tables, 10);
        String path = Tables.path("t10");
        String etag = etag(URI.create(peer.root() + path), peer);
        byte[] request =
                request(peer, "GET", URI.create(peer.root()).getPath() + path, "If-None-Match: " + etag + "\r\n", "");
        return (connection, index) -> request;
    }

    private static String etag(URI uri, Peer peer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10));
        peer.authorization().ifPresent(value -> request.header("Authorization", value));
        try {
            return HttpClient.newHttpClient()
                    .send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .firstValue("etag")
                    .orElseThrow(() -> new IllegalStateException("No ETag from " + uri));
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted during GET " + uri, e);
        }
    }

    private void table(Peer peer, Tables tables, int snapshots) {
        namespace(peer, tables, Tables.NAMESPACE);
        String name = "t" + snapshots;
        if (made.add(peer.name() + "/" + name)) {
            if (snapshots <= 10) {
                tables.create(peer, name, snapshots);
            } else {
                tables.register(peer, name, snapshots);
            }
        }
    }

    private void namespace(Peer peer, Tables tables, String namespace) {
        if (made.add(peer.name() + ":" + namespace)) {
            tables.createNamespace(peer, namespace);
        }
    }

    private Traffic.Requests commits(Peer peer, Tables tables, int writers, int snapshots) {
        namespace(peer, tables, Tables.NAMESPACE);
        String root = URI.create(peer.root()).getPath();
        for (int i = 0; i < writers; i++) {
            String table = committed(snapshots, writers, i);
            if (made.add(peer.name() + "/" + table)) {
                if (snapshots == 0) {
                    tables.create(peer, table, 10);
                } else {
                    tables.register(peer, table, snapshots);
                }
            }
        }
        return (connection, index) -> request(
                peer,
                "POST",
                root + Tables.path(committed(snapshots, writers, connection)),
                snapshots == 0 ? "" : GZIP,
                Tables.setProperty(index));
    }

    private static String committed(int snapshots, int writers, int number) {
        return "c" + snapshots + "_" + writers + "_" + number;
    }

    private Traffic.Requests creates(Peer peer, Tables tables, String namespace, int before) {
        String path = crowd(peer, tables, namespace, before);
        AtomicLong number = new AtomicLong();
        return (connection, index) -> request(peer, "POST", path, "", Tables.create("new_" + number.incrementAndGet()));
    }

    private Traffic.Requests pages(Peer peer, Tables tables, String namespace, int before) {
        String path = crowd(peer, tables, namespace, before);
        byte[] request = request(peer, "GET", path + "?pageToken=&pageSize=100", "", "");
        return (connection, index) -> request;
    }

    /** The path of the tables of a namespace that holds so many, made over many connections. */
    private String crowd(Peer peer, Tables tables, String namespace, int count) {
        namespace(peer, tables, namespace);
        String path = URI.create(peer.root()).getPath() + "/namespaces/" + namespace + "/tables";
        if (made.add(peer.name() + "/" + namespace + "*")) {
            Traffic.send(
                    URI.create(peer.root()),
                    (connection, index) ->
                            request(peer, "POST", path, "", Tables.create("t_" + (index * WRITERS + connection))),
                    Traffic.Shape.counted(WRITERS, count / WRITERS));
        }
        return path;
    }

    private static byte[] request(Peer peer, String method, String path, String headers, String body) {
        StringBuilder head = new StringBuilder(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(URI.create(peer.root()).getAuthority())
                .append("\r\n")
                .append(headers);
        peer.authorization()
                .ifPresent(value -> head.append("Authorization: ").append(value).append("\r\n"));
        if (!body.isEmpty()) {
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(body.length())
                    .append("\r\n");
        }
        return head.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII);
    }
}
