package dev.tarn.catalog.store.sql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills an empty catalog database from a backup, in one transaction and only after the whole file was found good.
 *
 * <p>Tables may have gone on since the backup was taken, and their newest files are unknown to it. Nothing is deleted for
 * that reason: tasks that delete files are held back unless the caller knows that nothing happened since. Events go on
 * behind a gap of sequences, so that no receiver takes a new event for one that it saw before.
 */
public final class CatalogRestore {
    /** What a task that is held back waits for: nobody lives to see it. */
    private static final long HELD = Long.MAX_VALUE / 2;

    /** Far more events than a catalog makes between two backups. */
    private static final long SEQUENCE_GAP = 10_000_000;

    private static final Pattern NAME = Pattern.compile("[a-z_]{1,64}");

    /** Rows that the migration of a new database makes, and that a backup brings its own of. */
    private static final List<String> SINGLE_ROWS = List.of("access_revision", "audit_head");

    private final Path file;
    private final Tasks tasks;

    /** What becomes of tasks that delete files. */
    public enum Tasks {
        /** They wait until somebody lets them go on. */
        HOLD,
        /** They go on: nothing was committed since the backup was taken. */
        RESUME
    }

    private CatalogRestore(Path file, Tasks tasks) {
        this.file = file;
        this.tasks = tasks;
    }

    /**
     * Restores into the embedded database of a folder, which is made if it does not exist.
     *
     * @throws TarnException LOCKED if a server holds the folder, REFUSED if the database is not empty, CORRUPT if the file
     *     is no whole backup, UNSUPPORTED if a newer Tarn wrote it
     */
    public static BackupReport intoFolder(Path folder, Path file, Tasks tasks, Clock clock) {
        CatalogRestore restore = new CatalogRestore(file, tasks);
        Instant takenAt = restore.check();
        try (SqliteCatalogDatabase database = SqliteCatalogDatabase.open(folder, clock)) {
            return restore.run(database, takenAt);
        }
    }

    /**
     * Restores into a PostgreSQL database, whose tables are made if they do not exist.
     *
     * @throws TarnException UNAVAILABLE if the database cannot be reached, REFUSED if it is not empty, CORRUPT if the file
     *     is no whole backup, UNSUPPORTED if a newer Tarn wrote it
     */
    public static BackupReport intoPostgres(PostgresSettings settings, Path file, Tasks tasks, Clock clock) {
        CatalogRestore restore = new CatalogRestore(file, tasks);
        Instant takenAt = restore.check();
        try (PostgresCatalogDatabase database =
                PostgresCatalogDatabase.open(settings, clock, new SimpleMeterRegistry())) {
            return restore.run(database, takenAt);
        }
    }

    /** Reads the whole file once, and returns when it was taken. */
    private Instant check() {
        MessageDigest digest = Sha256.digest();
        long rows = -1; // The first line is no row.
        JsonNode head = null;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String previous = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (previous != null) {
                    digest.update((previous + "\n").getBytes(StandardCharsets.UTF_8));
                    rows++;
                }
                if (head == null) {
                    head = checkHead(line);
                }
                previous = line;
            }
            JsonNode end = previous == null ? null : BackupFormat.parse(file, previous);
            String hash = HexFormat.of().formatHex(digest.digest());
            if (head == null
                    || end == null
                    || end.path("rows").asLong(-2) != rows
                    || !hash.equals(end.path("sha256").asText())) {
                throw new TarnException(
                        ErrorKind.CORRUPT,
                        "The backup %s is not whole: its end is missing or does not match what is before it"
                                .formatted(file));
            }
            return Instant.parse(head.path("taken-at").asText());
        } catch (IOException | DateTimeParseException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT, "Cannot read the backup %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private JsonNode checkHead(String line) {
        JsonNode head = BackupFormat.parse(file, line);
        if (!BackupFormat.NAME.equals(head.path("format").asText())) {
            throw new TarnException(ErrorKind.CORRUPT, "The file %s is no backup of a catalog".formatted(file));
        }
        if (head.path("format-version").asInt() > BackupFormat.VERSION
                || head.path("schema-version").asInt() > SqlTables.VERSION) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "The backup %s was written by a newer Tarn; restore it with that one".formatted(file));
        }
        if (head.path("schema-version").asInt() < SqlTables.VERSION) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "The backup %s has schema version %d but this Tarn writes %d; restore it with the Tarn that wrote it,"
                                    .formatted(file, head.path("schema-version").asInt(), SqlTables.VERSION)
                            + " then start this one on it");
        }
        return head;
    }

    private BackupReport run(SqlCatalogDatabase database, Instant takenAt) {
        Transactions transactions = database.transactions();
        return transactions.write(session -> fill(session, transactions.dialect(), takenAt), filled -> true);
    }

    private BackupReport fill(SqlSession session, Dialect dialect, Instant takenAt) throws SQLException {
        if (session.exists("SELECT 1 FROM warehouse LIMIT 1") || session.exists("SELECT 1 FROM principal LIMIT 1")) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "The catalog database is not empty; restore into a new data folder or a new database");
        }
        for (String table : SINGLE_ROWS) {
            session.update("DELETE FROM " + table);
        }
        Map<String, Long> counts = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode row = BackupFormat.parse(file, line);
                if (row.has("table")) {
                    insert(session, row.path("table").asText(), row.path("row"));
                    counts.merge(row.path("table").asText(), 1L, Long::sum);
                }
            }
        } catch (IOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot read the backup %s".formatted(file), e);
        }
        long held = tasks == Tasks.HOLD
                ? session.update(
                        "UPDATE task SET due_at = ?, lease_owner = NULL, lease_until = NULL, problem = ?",
                        HELD,
                        "held back since a restore from a backup of " + takenAt)
                : 0;
        dialect.continueAfterRestore(session, SEQUENCE_GAP);
        return new BackupReport(
                takenAt,
                counts.getOrDefault("warehouse", 0L),
                counts.getOrDefault("object", 0L),
                counts.values().stream().mapToLong(Long::longValue).sum(),
                held);
    }

    private void insert(SqlSession session, String table, JsonNode row) throws SQLException {
        if (!BackupFormat.tables().contains(table)) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The backup %s has rows of a table '%s' that no catalog has".formatted(file, table));
        }
        List<String> columns = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : row.properties()) {
            if (!NAME.matcher(field.getKey()).matches()) {
                throw new TarnException(ErrorKind.CORRUPT, "The backup %s has a column without a name".formatted(file));
            }
            columns.add(field.getKey());
            values.add(value(field.getValue()));
        }
        String places = String.join(", ", Collections.nCopies(columns.size(), "?"));
        session.update(
                "INSERT INTO %s (%s) VALUES (%s)".formatted(table, String.join(", ", columns), places),
                values.toArray());
    }

    private static @Nullable Object value(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        return value.isNumber() ? (Object) value.longValue() : value.asText();
    }
}
