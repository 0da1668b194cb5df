package dev.tarn.catalog.store.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes everything that a catalog database holds to a file, as of one moment and while servers work on. The file can be
 * restored into either kind of database. It holds the hashes of secrets, and what warehouses know: only its owner can read
 * it. Stateless.
 */
public final class CatalogBackup {
    /** Rows fetched at a time, so that a large catalog is not held in memory. */
    private static final int FETCH_SIZE = 1_000;

    private CatalogBackup() {}

    /**
     * Backs up the embedded database of a folder; a server may hold it.
     *
     * @param file made, or replaced once the new one is whole
     * @throws TarnException NOT_FOUND if the folder holds no database, UNAVAILABLE if it or the file cannot be used
     */
    public static BackupReport ofFolder(Path folder, Path file, Clock clock) {
        SqliteFile database = SqliteCatalogDatabase.file(folder);
        if (!Files.isRegularFile(database.path())) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The folder %s holds no catalog; name the data folder of the server with --data".formatted(folder));
        }
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            BackupReport report = write(connection, file, clock.instant());
            statement.execute("ROLLBACK");
            return report;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Backs up a PostgreSQL database as it is at one moment; servers may go on with it.
     *
     * @param file made, or replaced once the new one is whole
     * @throws TarnException UNAVAILABLE if the database, its tables or the file cannot be used
     */
    public static BackupReport ofPostgres(PostgresSettings settings, Path file, Clock clock) {
        try (Connection connection = new PostgresConnections(settings).connect()) {
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            BackupReport report = write(connection, file, clock.instant());
            connection.rollback();
            return report;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static TarnException failed(SQLException e) {
        return new TarnException(ErrorKind.UNAVAILABLE, "Cannot read the catalog database: " + e.getMessage(), e);
    }

    private static BackupReport write(Connection connection, Path file, Instant now) throws SQLException {
        Path target = file.toAbsolutePath();
        Path partial = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.deleteIfExists(partial);
            BackupReport report;
            try (OutputStream out = Files.newOutputStream(ownerOnly(partial), StandardOpenOption.WRITE)) {
                report = write(connection, out, now);
            }
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            return report;
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "Cannot write the backup %s: %s".formatted(target, e.getMessage()), e);
        }
    }

    private static Path ownerOnly(Path file) throws IOException {
        boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
        return posix
                ? Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createFile(file);
    }

    private static BackupReport write(Connection connection, OutputStream file, Instant now)
            throws SQLException, IOException {
        MessageDigest digest = Sha256.digest();
        DigestOutputStream out = new DigestOutputStream(new BufferedOutputStream(file), digest);
        ObjectNode head = BackupFormat.JSON.createObjectNode();
        head.put("format", BackupFormat.NAME);
        head.put("format-version", BackupFormat.VERSION);
        head.put("schema-version", SqlTables.VERSION);
        head.put("taken-at", now.toString());
        line(out, head);
        Map<String, Long> counts = new HashMap<>();
        for (String table : BackupFormat.tables()) {
            counts.put(table, writeTable(connection, table, out));
        }
        long rows = counts.values().stream().mapToLong(Long::longValue).sum();
        ObjectNode end = BackupFormat.JSON.createObjectNode();
        end.put("rows", rows);
        end.put("sha256", HexFormat.of().formatHex(digest.digest()));
        out.on(false);
        line(out, end);
        out.flush();
        return new BackupReport(now, counts.getOrDefault("warehouse", 0L), counts.getOrDefault("object", 0L), rows, 0);
    }

    private static long writeTable(Connection connection, String table, OutputStream out)
            throws SQLException, IOException {
        long rows = 0;
        // Parents come before their children by id, and the order of everything else does not matter.
        String order = table.equals("namespace") ? " ORDER BY id" : "";
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet found = statement.executeQuery("SELECT * FROM " + table + order)) {
                ResultSetMetaData columns = found.getMetaData();
                while (found.next()) {
                    ObjectNode row = BackupFormat.JSON.createObjectNode();
                    row.put("table", table);
                    ObjectNode values = row.putObject("row");
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        if (BackupFormat.isKept(table, columns.getColumnName(i))) {
                            put(values, columns.getColumnName(i), found.getObject(i));
                        }
                    }
                    line(out, row);
                    rows++;
                }
            }
        }
        return rows;
    }

    private static void put(ObjectNode values, String column, @Nullable Object value) {
        if (value instanceof Number number) {
            values.put(column, number.longValue());
        } else if (value == null) {
            values.putNull(column);
        } else {
            values.put(column, value.toString());
        }
    }

    private static void line(OutputStream out, ObjectNode line) throws IOException {
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
        out.write('\n');
    }
}
