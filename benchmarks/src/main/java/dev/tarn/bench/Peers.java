package dev.tarn.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.Closer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts the catalogs to be measured, each in a process and a folder of its own. */
final class Peers {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String CLIENT_ID = "benchmark";

    /** Not a secret: the server lives on loopback, for one run. */
    private static final String CLIENT_SECRET = "benchmark-of-one-run";

    private final Path folder;
    private final Path jars;
    private final Optional<Path> newerJava;

    /**
     * Peers that keep their state below a folder.
     *
     * @param jars where the peers' own jars are
     * @param newerJava a Java for peers that need more than ours
     */
    Peers(Path folder, Path jars, Optional<Path> newerJava) {
        this.folder = folder;
        this.jars = jars;
        this.newerJava = newerJava;
    }

    /** Those of the names that can run on this machine; says why of the others. */
    List<Peer> start(List<String> names) {
        List<Peer> started = new ArrayList<>();
        for (String name : names) {
            started.addAll(
                    switch (name) {
                        case "tarn" -> List.of(tarn());
                        case "tarn-login" -> List.of(tarnWithLogin());
                        case "floor" -> List.of(floor());
                        case "reference" -> reference().stream().toList();
                        case "nessie" -> nessie().stream().toList();
                        default ->
                            throw new IllegalArgumentException(
                                    "A peer is one of tarn, tarn-login, floor, reference, nessie but not " + name);
                    });
        }
        return started;
    }

    private Peer tarn() {
        Path home = home("tarn");
        ServerProcess process = ServerProcess.own(TarnNode.class, List.of(home.toString()), home.resolve("server.log"));
        return peer("Tarn", process, process.awaitReady() + "/v1", EnumSet.allOf(Peer.Ability.class), home);
    }

    /** The same server, where every request carries a token that the server itself gave. */
    private Peer tarnWithLogin() {
        Path home = home("tarn-login");
        Closer closer = new Closer();
        ServerProcess process = closer.register(ServerProcess.own(
                TarnNode.class,
                List.of(
                        home.toString(),
                        "catalog.auth.mode=own",
                        "catalog.auth.root-client-id=" + CLIENT_ID,
                        "catalog.auth.root-client-secret=" + CLIENT_SECRET),
                home.resolve("server.log")));
        String root = process.awaitReady() + "/v1";
        String token = new RestClient().token(URI.create(root + "/oauth/tokens"), CLIENT_ID, CLIENT_SECRET);
        return new RunningPeer(
                "Tarn, login by token",
                root,
                Optional.of("Bearer " + token),
                EnumSet.of(Peer.Ability.CATALOG, Peer.Ability.HISTORY, Peer.Ability.NOT_MODIFIED),
                home.resolve("warehouse"),
                process,
                closer);
    }

    private Peer floor() {
        Path home = home("floor");
        ServerProcess process = ServerProcess.own(FloorNode.class, List.of(), home.resolve("server.log"));
        return peer("bare Vert.x, ready bytes", process, process.awaitReady(), Set.of(), home);
    }

    private Optional<Peer> reference() {
        Optional<Path> jar = jar("iceberg-open-api");
        if (jar.isEmpty()) {
            return Optional.empty();
        }
        Path home = home("reference");
        int port = ServerProcess.freePort();
        ServerProcess process = ServerProcess.start(
                ServerProcess.currentJava(),
                List.of("-jar", jar.get().toString()),
                Map.of(
                        "CATALOG_REST_PORT",
                        Integer.toString(port),
                        "CATALOG_URI",
                        "jdbc:sqlite:file:" + home.resolve("catalog.db"),
                        "CATALOG_CLIENTS",
                        "1",
                        "CATALOG_WAREHOUSE",
                        "file://" + home.resolve("warehouse")),
                home.resolve("server.log"));
        String root = "http://127.0.0.1:" + port + "/v1";
        process.awaitAnswer(URI.create(root + "/config"), START);
        String name = "Iceberg reference server " + version(jar.get());
        return Optional.of(peer(name, process, root, EnumSet.of(Peer.Ability.HISTORY, Peer.Ability.CATALOG), home));
    }

    private Optional<Peer> nessie() {
        Optional<Path> jar = jar("nessie-quarkus");
        if (jar.isEmpty() || newerJava.isEmpty()) {
            System.out.println("nessie is left out: it needs its jar and, in BENCH_NEWER_JAVA, a Java 21 or newer");
            return Optional.empty();
        }
        Path home = home("nessie");
        Closer closer = new Closer();
        ServerProcess s3 = closer.register(ServerProcess.own(S3Node.class, List.of(), home.resolve("s3.log")));
        String endpoint = s3.awaitReady();
        int port = ServerProcess.freePort();
        String options = "-Dnessie.catalog.service.s3.default-options.";
        ServerProcess process = closer.register(ServerProcess.start(
                newerJava.get(),
                List.of(
                        "-Dquarkus.http.port=" + port,
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.management.port=" + ServerProcess.freePort(),
                        "-Dnessie.version.store.type=IN_MEMORY",
                        "-Dnessie.catalog.default-warehouse=bench",
                        "-Dnessie.catalog.warehouses.bench.location=s3://" + S3Node.BUCKET + "/warehouse",
                        options + "endpoint=" + endpoint,
                        options + "path-style-access=true",
                        options + "region=us-east-1",
                        options + "access-key=urn:nessie-secret:quarkus:bench-s3",
                        "-Dbench-s3.name=" + S3Node.KEY_ID,
                        "-Dbench-s3.secret=" + S3Node.KEY,
                        "-jar",
                        jar.get().toString()),
                Map.of(),
                home.resolve("server.log")));
        String root = "http://127.0.0.1:" + port + "/iceberg/v1";
        process.awaitAnswer(URI.create(root + "/config"), START);
        String name = "Nessie " + version(jar.get()).replace("-runner", "");
        return Optional.of(new RunningPeer(
                name,
                root + "/" + prefix(root),
                Optional.empty(),
                EnumSet.of(Peer.Ability.CATALOG),
                home,
                process,
                closer));
    }

    private static Peer peer(String name, ServerProcess process, String root, Set<Peer.Ability> abilities, Path home) {
        Closer closer = new Closer();
        closer.register(process);
        return new RunningPeer(name, root, Optional.empty(), abilities, home.resolve("warehouse"), process, closer);
    }

    private static String prefix(String root) {
        try {
            JsonNode config = new ObjectMapper().readTree(new RestClient().get(URI.create(root + "/config")));
            return config.at("/defaults/prefix").asText();
        } catch (IOException e) {
            throw new UncheckedIOException("The configuration of " + root + " is not JSON", e);
        }
    }

    private Path home(String name) {
        try {
            Path home = Files.createDirectories(folder.resolve(name)).toRealPath();
            Files.createDirectories(home.resolve("warehouse"));
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder for " + name, e);
        }
    }

    private Optional<Path> jar(String artifact) {
        if (Files.isDirectory(jars)) {
            try (var files = Files.list(jars)) {
                Optional<Path> found = files.filter(
                                file -> file.getFileName().toString().startsWith(artifact))
                        .findFirst();
                if (found.isPresent()) {
                    return found;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot list " + jars, e);
            }
        }
        System.out.printf("%s is left out: no such jar in %s; './dev bench' fetches it%n", artifact, jars);
        return Optional.empty();
    }

    private static String version(Path jar) {
        return jar.getFileName().toString().replaceAll("^[a-z-]+-(?=[0-9])", "").replace(".jar", "");
    }
}
