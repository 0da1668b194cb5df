package dev.tarn.bench;

import dev.tarn.common.Closer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures the catalog beside its peers. Every peer runs in a process of its own, the load comes from this one; peers take
 * turns in each round, so that a noisy minute of the machine hits all of them.
 */
public final class CatalogBench {
    private final BenchOptions options;

    CatalogBench(BenchOptions options) {
        this.options = options;
    }

    /** Runs what the arguments name; see {@link BenchOptions}. */
    public static void main(String[] arguments) {
        BenchOptions options = BenchOptions.parse(List.of(arguments));
        Report report = new CatalogBench(options).run();
        System.out.println(report.table());
        options.report().ifPresent(report::write);
    }

    Report run() {
        Closer closer = new Closer();
        try {
            Path folder = closer.register(new ScratchFolder()).path();
            List<Peer> peers = new Peers(folder, options.jars(), options.newerJava()).start(options.peers());
            peers.forEach(closer::register);
            Scenarios scenarios = new Scenarios(options.longHistory(), options.veryLongHistory(), options.manyTables());
            Map<Scenario, Map<String, Result>> results = new LinkedHashMap<>();
            for (Scenario scenario : scenarios.all()) {
                if (options.scenarios().isEmpty() || options.scenarios().contains(scenario.name())) {
                    results.put(scenario, measure(scenario, peers));
                }
            }
            return new Report(options, peers.stream().map(Peer::name).toList(), results, metadata());
        } finally {
            closer.close();
        }
    }

    private Optional<MetadataBench.Costs> metadata() {
        boolean wanted = options.scenarios().isEmpty() || options.scenarios().contains("metadata");
        return wanted
                ? Optional.of(new MetadataBench(options.veryLongHistory(), options.metadataRounds()).run())
                : Optional.empty();
    }

    private Map<String, Result> measure(Scenario scenario, List<Peer> peers) {
        Tables tables = new Tables();
        Optional<Peer> source = peers.stream()
                .filter(peer -> peer.abilities().contains(Peer.Ability.CATALOG))
                .findFirst();
        Map<Peer, Traffic.Requests> requests = new LinkedHashMap<>();
        Map<Peer, List<Result.Round>> rounds = new LinkedHashMap<>();
        for (Peer peer : peers) {
            if (scenario.fits(peer)) {
                Traffic.Requests prepared = scenario.preparation().prepare(peer, tables, source);
                requests.put(peer, prepared);
                Result.Round unused = round(scenario, peer, prepared, options.warmUp());
            }
        }
        for (int round = 0; round < options.rounds(); round++) {
            for (Map.Entry<Peer, Traffic.Requests> turn : requests.entrySet()) {
                rounds.computeIfAbsent(turn.getKey(), peer -> new ArrayList<>())
                        .add(round(scenario, turn.getKey(), turn.getValue(), options.duration()));
            }
        }
        Map<String, Result> results = new LinkedHashMap<>();
        rounds.forEach((peer, all) -> {
            Result result = Result.of(all);
            System.out.printf("%-16s %-32s %s%n", scenario.name(), peer.name(), result);
            results.put(peer.name(), result);
        });
        return results;
    }

    private static Result.Round round(Scenario scenario, Peer peer, Traffic.Requests requests, Duration duration) {
        Duration before = peer.cpu();
        Traffic.Outcome outcome = Traffic.send(URI.create(peer.root()), requests, scenario.shape(duration));
        return new Result.Round(outcome, peer.cpu().minus(before));
    }

    /** A folder for the servers' state, deleted at the end. */
    private static final class ScratchFolder implements AutoCloseable {
        private final Path path;

        ScratchFolder() {
            try {
                path = Files.createTempDirectory("tarn-bench");
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot make a folder for the servers", e);
            }
        }

        Path path() {
            return path;
        }

        @Override
        public void close() {
            try (var files = Files.walk(path)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> {
                    if (!file.delete()) {
                        System.err.println("Cannot delete " + file);
                    }
                });
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot delete " + path, e);
            }
        }
    }
}
