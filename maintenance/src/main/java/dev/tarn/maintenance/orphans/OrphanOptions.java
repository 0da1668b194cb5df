package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which files are looked at and how they are deleted.
 *
 * @param olderThan only files that were last written before this are looked at; at least a day ago
 * @param locations where to look instead of the table's own locations; each must lie inside one of them
 * @param listing a file with one location per line, or {@code location,bytes,epoch-milliseconds}, instead of listing the
 *     store; locations without a time are kept
 * @param equalSchemes schemes that count as the one they stand for; s3a and s3n always count as s3
 * @param equalAuthorities authorities that count as the one they stand for
 * @param mismatch what happens to files that are referred to by another scheme or authority
 * @param maxDeletesPerSecond files deleted per second at most; at least 1
 * @param maxFiles files deleted by one run at most; the rest waits for the next
 */
public record OrphanOptions(
        Instant olderThan,
        List<String> locations,
        Optional<Path> listing,
        Map<String, String> equalSchemes,
        Map<String, String> equalAuthorities,
        MismatchMode mismatch,
        int maxDeletesPerSecond,
        long maxFiles) {
    /** A writer commits within a day or has failed: younger files may belong to a commit on its way. */
    public static final Duration FLOOR = Duration.ofHours(24);

    private static final Duration DEFAULT_AGE = Duration.ofDays(7);
    private static final int DEFAULT_DELETES_PER_SECOND = 1000;
    private static final long DEFAULT_MAX_FILES = 1_000_000;

    /** Copies the collections and refuses counts below 1. */
    public OrphanOptions {
        locations = List.copyOf(locations);
        equalSchemes = Map.copyOf(equalSchemes);
        equalAuthorities = Map.copyOf(equalAuthorities);
        require(maxDeletesPerSecond >= 1, "max-deletes-per-second must be at least 1 but was " + maxDeletesPerSecond);
        require(maxFiles >= 1, "max-files must be at least 1 but was " + maxFiles);
    }

    /** Files older than a week, below the table's own locations. */
    public static OrphanOptions defaults(Instant now) {
        return of(Map.of(), now);
    }

    /**
     * The options by name; also with underscores.
     *
     * @param given {@code older-than} (an instant, or a duration before now), {@code location} (comma-separated), {@code
     *     file-list} (a path), {@code equal-schemes} and {@code equal-authorities} ({@code s3a,s3n=s3;...}), {@code
     *     prefix-mismatch-mode}, {@code max-deletes-per-second}, {@code max-files}; an unknown name is refused
     * @throws TarnException INVALID naming the option; REFUSED if files younger than a day would be looked at
     */
    public static OrphanOptions of(Map<String, String> given, Instant now) {
        Map<String, String> rest = new HashMap<>();
        given.forEach((key, value) -> rest.put(key.replace('_', '-'), value.strip()));
        try {
            OrphanOptions options = new OrphanOptions(
                    olderThan(take(rest, "older-than", DEFAULT_AGE.toString()), now),
                    list(take(rest, "location", "")),
                    Optional.of(take(rest, "file-list", ""))
                            .filter(path -> !path.isEmpty())
                            .map(Path::of),
                    equals(take(rest, "equal-schemes", "")),
                    equals(take(rest, "equal-authorities", "")),
                    MismatchMode.valueOf(
                            take(rest, "prefix-mismatch-mode", "error").toUpperCase(Locale.ROOT)),
                    Integer.parseInt(
                            take(rest, "max-deletes-per-second", Integer.toString(DEFAULT_DELETES_PER_SECOND))),
                    Long.parseLong(take(rest, "max-files", Long.toString(DEFAULT_MAX_FILES))));
            require(rest.isEmpty(), "unknown orphan options " + new TreeSet<>(rest.keySet()));
            return options;
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "An orphan option is neither a whole number, a duration such as P7D, an instant such as"
                            + " 2026-01-01T00:00:00Z nor one of error, ignore and delete: " + e.getMessage(),
                    e);
        }
    }

    private static Instant olderThan(String text, Instant now) {
        Instant time = text.startsWith("P") ? now.minus(Duration.parse(text)) : Instant.parse(text);
        if (time.isAfter(now.minus(FLOOR))) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "older-than must be at least %d hours ago but was %s: younger files may belong to a commit on its way"
                            .formatted(FLOOR.toHours(), text));
        }
        return time;
    }

    private static Map<String, String> equals(String text) {
        Map<String, String> all = new HashMap<>();
        for (String group : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = group.lastIndexOf('=');
            require(equals > 0, "equal schemes and authorities look as 's3a,s3n=s3' but one was '%s'".formatted(group));
            for (String name : group.substring(0, equals).split(",", -1)) {
                all.put(name.strip(), group.substring(equals + 1).strip());
            }
        }
        return all;
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private static String take(Map<String, String> rest, String key, String fallback) {
        String value = rest.remove(key);
        return value == null ? fallback : value;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new TarnException(ErrorKind.INVALID, message);
        }
    }
}
