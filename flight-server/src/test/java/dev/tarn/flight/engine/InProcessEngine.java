package dev.tarn.flight.engine;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.ReadinessCheck;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/** A query engine over tables of an in-memory DuckDB in this process: real SQL without a catalog. */
public final class InProcessEngine implements QueryEngine {
    private static final int BATCH_ROWS = 2048;

    private final DuckDBConnection database;
    private final BufferAllocator allocator;
    private final AtomicInteger openQueries = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    /** An empty database; the allocator describes results. */
    public InProcessEngine(BufferAllocator allocator) {
        this.allocator = allocator;
        try {
            this.database = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot open an in-memory database", e);
        }
    }

    /** Runs a statement by the side door, to prepare what a test needs. */
    public void run(String sql) {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot run " + sql, e);
        }
    }

    /** Plans that nobody has closed yet. */
    public int openQueries() {
        return openQueries.get();
    }

    /** Executions that nobody has closed yet. */
    public int running() {
        return running.get();
    }

    @Override
    public String name() {
        return "duckdb";
    }

    @Override
    public PreparedQuery prepare(String sql, QueryContext context) {
        boolean update = !sql.strip().toUpperCase(Locale.ROOT).matches("(?s)^(SELECT|WITH|FROM|VALUES)\\b.*");
        try (Connection connection = connect(context);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            List<Field> parameters = new ArrayList<>();
            ParameterMetaData metadata = statement.getParameterMetaData();
            for (int i = 1; i <= metadata.getParameterCount(); i++) {
                parameters.add(Field.nullable("parameter_" + i, parameterType(metadata.getParameterTypeName(i))));
            }
            Schema result = update ? new Schema(List.of()) : describe(sql, parameters.size(), connection);
            openQueries.incrementAndGet();
            return new Query(sql, context, result, new Schema(parameters), update);
        } catch (SQLException e) {
            throw translated(e);
        }
    }

    @Override
    public ReadinessCheck readiness() {
        return new ReadinessCheck() {
            @Override
            public String name() {
                return "in-process engine";
            }

            @Override
            public Optional<String> problem() {
                return Optional.empty();
            }
        };
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot close the in-memory database", e);
        }
    }

    private Connection connect(QueryContext context) throws SQLException {
        Connection connection = database.duplicate();
        if (context.defaultNamespace().isPresent()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("USE \"" + context.defaultNamespace().get() + "\"");
            }
        }
        return connection;
    }

    private Schema describe(String sql, int parameters, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM (" + sql + ") LIMIT 0")) {
            for (int i = 1; i <= parameters; i++) {
                statement.setObject(i, null);
            }
            try (DuckDBResultSet rows = (DuckDBResultSet) statement.executeQuery();
                    ArrowReader reader = (ArrowReader) rows.arrowExportStream(allocator, BATCH_ROWS)) {
                return reader.getVectorSchemaRoot().getSchema();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot describe a result", e);
            }
        }
    }

    private static ArrowType parameterType(String name) {
        return switch (name) {
            case "INTEGER" -> new ArrowType.Int(32, true);
            case "BIGINT" -> new ArrowType.Int(64, true);
            default -> ArrowType.Utf8.INSTANCE;
        };
    }

    private static TarnException translated(SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("INTERRUPT")) {
            return new TarnException(ErrorKind.CANCELLED, "The query was cancelled", e);
        }
        ErrorKind kind = message.contains("does not exist") ? ErrorKind.NOT_FOUND : ErrorKind.INVALID;
        return new TarnException(kind, message, e);
    }

    private final class Query implements PreparedQuery {
        private final String sql;
        private final QueryContext context;
        private final Schema result;
        private final Schema parameters;
        private final boolean update;
        private boolean closed;

        private Query(String sql, QueryContext context, Schema result, Schema parameters, boolean update) {
            this.sql = sql;
            this.context = context;
            this.result = result;
            this.parameters = parameters;
            this.update = update;
        }

        @Override
        public String sql() {
            return sql;
        }

        @Override
        public Schema resultSchema() {
            return result;
        }

        @Override
        public Schema parameterSchema() {
            return parameters;
        }

        @Override
        public boolean isUpdate() {
            return update;
        }

        @Override
        public QueryExecution execute(@Nullable VectorSchemaRoot values, BufferAllocator owner) {
            try {
                Connection connection = connect(context);
                PreparedStatement statement = connection.prepareStatement(sql);
                int given = values == null ? 0 : values.getFieldVectors().size();
                if (given != parameters.getFields().size()) {
                    connection.close();
                    throw new TarnException(
                            ErrorKind.INVALID,
                            "Expected %d parameters but found %d"
                                    .formatted(parameters.getFields().size(), given));
                }
                for (int i = 0; i < given; i++) {
                    Object value = values.getVector(i).getObject(0);
                    statement.setObject(i + 1, value == null || value instanceof Number ? value : value.toString());
                }
                running.incrementAndGet();
                return new Execution(connection, statement, update, owner);
            } catch (SQLException e) {
                throw translated(e);
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                openQueries.decrementAndGet();
            }
        }
    }

    private final class Execution implements QueryExecution {
        private final String id = UUID.randomUUID().toString();
        private final AtomicLong rows = new AtomicLong();
        private final Connection connection;
        private final PreparedStatement statement;
        private final boolean update;
        private final BufferAllocator owner;
        private @Nullable DuckDBResultSet results;
        private @Nullable ArrowReader reader;
        private volatile boolean cancelled;

        private Execution(Connection connection, PreparedStatement statement, boolean update, BufferAllocator owner) {
            this.connection = connection;
            this.statement = statement;
            this.update = update;
            this.owner = owner;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public boolean next() {
            if (cancelled) {
                throw new TarnException(ErrorKind.CANCELLED, "The query was cancelled");
            }
            try {
                if (update) {
                    rows.set(statement.executeUpdate());
                    return false;
                }
                if (reader == null) {
                    results = (DuckDBResultSet) statement.executeQuery();
                    reader = (ArrowReader) results.arrowExportStream(owner, BATCH_ROWS);
                }
                boolean more = reader.loadNextBatch();
                rows.addAndGet(more ? reader.getVectorSchemaRoot().getRowCount() : 0);
                return more;
            } catch (SQLException e) {
                throw translated(e);
            } catch (IOException e) {
                throw new TarnException(ErrorKind.CANCELLED, "The query was interrupted", e);
            }
        }

        @Override
        public VectorSchemaRoot batch() {
            try {
                return reader.getVectorSchemaRoot();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read a batch", e);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            try {
                statement.cancel();
            } catch (SQLException e) {
                // A statement that has ended cannot be cancelled, and need not be.
            }
        }

        @Override
        public QueryProgress progress() {
            return new QueryProgress(0, rows.get(), 0, 0, 0);
        }

        @Override
        public void close() {
            running.decrementAndGet();
            try {
                if (reader != null) {
                    reader.close();
                    results.close();
                }
                statement.close();
                connection.close();
            } catch (SQLException | IOException e) {
                throw new IllegalStateException("Cannot close a query", e);
            }
        }
    }
}
