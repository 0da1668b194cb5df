package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs statements on one connection. Confined to the thread that holds the connection. Closing it closes the connection. */
final class SqlSession implements AutoCloseable {
    /** More than there are statements in this package, but for those whose text depends on a count. */
    private static final int MAX_STATEMENTS = 128;

    private final Connection connection;
    private final boolean keepsStatements;
    private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(64, 0.75f, true);

    private SqlSession(Connection connection, boolean keepsStatements) {
        this.connection = connection;
        this.keepsStatements = keepsStatements;
    }

    /** A session of a connection whose driver keeps prepared statements itself. */
    static SqlSession over(Connection connection) {
        return new SqlSession(connection, false);
    }

    /** A session that keeps prepared statements, for a connection that lives long and whose driver does not. */
    static SqlSession keepingStatements(Connection connection) {
        return new SqlSession(connection, true);
    }

    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a statement without parameters, unprepared. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Changes rows and counts them. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = prepare(sql);
        try {
            bind(statement, parameters);
            return statement.executeUpdate();
        } finally {
            done(statement);
        }
    }

    /** Reads all rows; the statement itself must bound them. */
    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = prepare(sql);
        try {
            bind(statement, parameters);
            List<T> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(reader.read(found));
                }
            }
            return rows;
        } finally {
            done(statement);
        }
    }

    /** Reads the first row, absent if there is none. */
    <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) throws SQLException {
        List<T> rows = query(sql, reader, parameters);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    /** Whether there is a row. */
    boolean exists(String sql, @Nullable Object... parameters) throws SQLException {
        return !query(sql, row -> true, parameters).isEmpty();
    }

    /** The connection itself, for what only one database can do. */
    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        statements.clear(); // They end with the connection.
        connection.close();
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        if (!keepsStatements) {
            return connection.prepareStatement(sql);
        }
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        if (statements.size() >= MAX_STATEMENTS) {
            Iterator<PreparedStatement> oldest = statements.values().iterator();
            PreparedStatement dropped = oldest.next();
            oldest.remove();
            dropped.close();
        }
        PreparedStatement prepared = connection.prepareStatement(sql);
        statements.put(sql, prepared);
        return prepared;
    }

    private void done(PreparedStatement statement) throws SQLException {
        if (!keepsStatements) {
            statement.close();
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            Object value = parameters[i];
            if (value instanceof String text && text.indexOf('\0') >= 0) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The catalog keeps no text with a NUL character in it; use another name or value");
            }
            statement.setObject(i + 1, value);
        }
    }
}
