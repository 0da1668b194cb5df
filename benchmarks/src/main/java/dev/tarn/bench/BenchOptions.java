package dev.tarn.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to measure, and for how long. Arguments are {@code KEY=VALUE}; one without an equals sign names a scenario.
 *
 * @param scenarios names of the scenarios; empty for all
 * @param peers who is measured, in this order: tarn, tarn-login, reference, nessie, floor
 * @param rounds how often each peer has its turn
 * @param duration of one turn
 * @param warmUp of each peer before the first turn of a scenario
 * @param longHistory snapshots of the table with a long history
 * @param veryLongHistory snapshots of the one with a very long history
 * @param manyTables tables of the crowded namespace
 * @param metadataRounds commits that count when metadata is measured without a server
 * @param jars folder of the peers' jars
 * @param newerJava the Java for peers that need a newer one
 * @param report the page to be written
 */
record BenchOptions(
        Set<String> scenarios,
        List<String> peers,
        int rounds,
        Duration duration,
        Duration warmUp,
        int longHistory,
        int veryLongHistory,
        int manyTables,
        int metadataRounds,
        Path jars,
        Optional<Path> newerJava,
        Optional<Path> report) {
    BenchOptions {
        scenarios = Set.copyOf(scenarios);
        peers = List.copyOf(peers);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1 but was " + rounds);
        }
    }

    static BenchOptions parse(List<String> arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> scenarios = new LinkedHashSet<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                scenarios.add(argument);
            } else {
                values.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        BenchOptions options = new BenchOptions(
                scenarios,
                List.of(take(values, "peers", "tarn,tarn-login,reference,nessie,floor")
                        .split(",", -1)),
                Integer.parseInt(take(values, "rounds", "5")),
                Duration.ofMillis(Long.parseLong(take(values, "millis", "4000"))),
                Duration.ofMillis(Long.parseLong(take(values, "warm-up-millis", "8000"))),
                Integer.parseInt(take(values, "long-history", "1000")),
                Integer.parseInt(take(values, "very-long-history", "10000")),
                Integer.parseInt(take(values, "many-tables", "100000")),
                Integer.parseInt(take(values, "metadata-rounds", "60")),
                Path.of(take(values, "jars", "benchmarks/target/peers")),
                path(take(values, "newer-java", "")),
                path(take(values, "report", "")));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException("Unknown option " + values.keySet());
        }
        return options;
    }

    private static Optional<Path> path(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    private static String take(Map<String, String> values, String key, String fallback) {
        String value = values.remove(key);
        return value == null ? fallback : value;
    }
}
