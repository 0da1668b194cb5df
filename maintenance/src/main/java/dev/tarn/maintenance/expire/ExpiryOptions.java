package dev.tarn.maintenance.expire;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Which snapshots are expired and how files are deleted afterwards.
 *
 * @param maxAge snapshots of a branch that are at least this old may go, unless the branch has its own rule
 * @param retainLast newest snapshots of each branch that stay whatever their age; at least 1
 * @param snapshotIds if not empty, exactly these go and ages do not count
 * @param cleanExpiredMetadata whether specs and schemas that no snapshot uses are removed too
 * @param deleteGrace how long files stay after the snapshots are gone; a later run deletes them
 * @param journalFolder local folder of the journals; made if absent
 * @param maxDeletesPerSecond files deleted per second at most; at least 1
 */
public record ExpiryOptions(
        Duration maxAge,
        int retainLast,
        Set<Long> snapshotIds,
        boolean cleanExpiredMetadata,
        Duration deleteGrace,
        Path journalFolder,
        int maxDeletesPerSecond) {
    /** One bulk request of S3 per second, which leaves most of a prefix's write budget to the writers. */
    private static final int DEFAULT_DELETES_PER_SECOND = 1000;

    /** Refuses negative durations and counts below 1. */
    public ExpiryOptions {
        snapshotIds = Set.copyOf(snapshotIds);
        require(!maxAge.isNegative(), "max-age must not be negative but was " + maxAge);
        require(retainLast >= 1, "retain-last must be at least 1 but was " + retainLast);
        require(!deleteGrace.isNegative(), "delete-grace must not be negative but was " + deleteGrace);
        require(maxDeletesPerSecond >= 1, "max-deletes-per-second must be at least 1 but was " + maxDeletesPerSecond);
    }

    /**
     * The options for a table: its {@code history.expire} properties, then the given options.
     *
     * @param given {@code older-than} (an instant) or {@code max-age} (a duration), {@code retain-last}, {@code
     *     snapshot-ids} (comma-separated), {@code clean-expired-metadata}, {@code delete-grace}, {@code
     *     max-deletes-per-second}; also with underscores; an unknown name is refused
     * @param now the time that the planner is given too
     */
    public static ExpiryOptions of(Table table, Map<String, String> given, Path journalFolder, Instant now) {
        Map<String, String> rest = new HashMap<>();
        given.forEach((key, value) -> rest.put(key.replace('_', '-'), value.strip()));
        require(
                !(rest.containsKey("older-than") && rest.containsKey("max-age")),
                "give older-than or max-age, not both");
        Duration tableMaxAge = Duration.ofMillis(PropertyUtil.propertyAsLong(
                table.properties(), TableProperties.MAX_SNAPSHOT_AGE_MS, TableProperties.MAX_SNAPSHOT_AGE_MS_DEFAULT));
        int tableRetainLast = PropertyUtil.propertyAsInt(
                table.properties(),
                TableProperties.MIN_SNAPSHOTS_TO_KEEP,
                TableProperties.MIN_SNAPSHOTS_TO_KEEP_DEFAULT);
        try {
            Duration maxAge = maxAge(rest, tableMaxAge, now);
            ExpiryOptions options = new ExpiryOptions(
                    maxAge,
                    Integer.parseInt(take(rest, "retain-last", Integer.toString(tableRetainLast))),
                    ids(take(rest, "snapshot-ids", "")),
                    flag(take(rest, "clean-expired-metadata", "false")),
                    Duration.parse(take(rest, "delete-grace", "PT0S")),
                    journalFolder,
                    Integer.parseInt(
                            take(rest, "max-deletes-per-second", Integer.toString(DEFAULT_DELETES_PER_SECOND))));
            require(rest.isEmpty(), "unknown expiry options " + new TreeSet<>(rest.keySet()));
            return options;
        } catch (NumberFormatException | DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "An expiry option is neither a whole number, a duration such as P5D nor an instant such as"
                            + " 2026-01-01T00:00:00Z: " + e.getMessage(),
                    e);
        }
    }

    private static Duration maxAge(Map<String, String> rest, Duration byDefault, Instant now) {
        if (rest.containsKey("older-than")) {
            Duration age = Duration.between(Instant.parse(take(rest, "older-than", "")), now);
            return age.isNegative() ? Duration.ZERO : age;
        }
        return Duration.parse(take(rest, "max-age", byDefault.toString()));
    }

    private static String take(Map<String, String> rest, String key, String byDefault) {
        String value = rest.remove(key);
        return value == null ? byDefault : value;
    }

    private static Set<Long> ids(String text) {
        return text.isEmpty()
                ? Set.of()
                : Arrays.stream(text.split(",", -1))
                        .map(id -> Long.parseLong(id.strip()))
                        .collect(Collectors.toSet());
    }

    private static boolean flag(String text) {
        require(
                text.equals("true") || text.equals("false"),
                "clean-expired-metadata must be true or false but was '%s'".formatted(text));
        return text.equals("true");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new TarnException(ErrorKind.INVALID, message);
        }
    }
}
