package dev.tarn.bench.writer;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to measure. Arguments are {@code KEY=VALUE}; one without an equals sign names a table or {@code ingest}.
 *
 * @param wanted names; empty for everything
 * @param rows of each table
 * @param upsertRows of the table that rows are replaced in
 * @param producers that commit together
 * @param commitsOfEach of these producers
 * @param rounds how often each peer has its turn
 * @param flights the file of flights
 * @param report the page to be written
 */
record WriterBenchOptions(
        Set<String> wanted,
        long rows,
        long upsertRows,
        int producers,
        int commitsOfEach,
        int rounds,
        Optional<Path> flights,
        Optional<Path> report) {
    WriterBenchOptions {
        wanted = Set.copyOf(wanted);
        if (rounds < 1 || rows < 1) {
            throw new IllegalArgumentException(
                    "rounds and rows must be at least 1 but were %d and %d".formatted(rounds, rows));
        }
    }

    static WriterBenchOptions parse(List<String> arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> wanted = new LinkedHashSet<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                wanted.add(argument);
            } else {
                values.put(argument.substring(0, equals), argument.substring(equals + 1));
            }
        }
        WriterBenchOptions options = new WriterBenchOptions(
                wanted,
                Long.parseLong(take(values, "rows", "500000")),
                Long.parseLong(take(values, "upsert-rows", "10000000")),
                Integer.parseInt(take(values, "producers", "200")),
                Integer.parseInt(take(values, "commits-of-each", "10")),
                Integer.parseInt(take(values, "rounds", "7")),
                path(take(values, "flights", "")),
                path(take(values, "report", "")));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException("Unknown option " + values.keySet());
        }
        return options;
    }

    boolean wants(String name) {
        return wanted.isEmpty() || wanted.contains(name);
    }

    private static Optional<Path> path(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    private static String take(Map<String, String> values, String key, String fallback) {
        String value = values.remove(key);
        return value == null ? fallback : value;
    }
}
