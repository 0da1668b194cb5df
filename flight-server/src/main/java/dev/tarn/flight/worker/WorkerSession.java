package dev.tarn.flight.worker;

import dev.tarn.flight.worker.FrameChannel.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.jspecify.annotations.Nullable;

/** Serves one request on one connection. Confined to its thread, except for the watch that cancels. */
final class WorkerSession {
    /** How often a cancel is repeated: the engine forgets an interrupt that falls between two pieces of work. */
    private static final long CANCEL_REPEAT_MILLIS = 20;

    private static final int EXIT_FATAL = 70;

    private final FrameChannel channel;
    private final byte[] token;
    private final WorkerEngine engine;
    private final Set<Long> deleteSets = new HashSet<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile @Nullable DuckDBPreparedStatement current;

    WorkerSession(FrameChannel channel, byte[] token, WorkerEngine engine) {
        this.channel = channel;
        this.token = token;
        this.engine = engine;
    }

    void run() {
        try (channel) {
            byte[] found = new byte[token.length];
            Frame hello = channel.read();
            if (hello.type() != FrameType.TOKEN || hello.payload().remaining() != token.length) {
                return;
            }
            hello.payload().get(found);
            if (MessageDigest.isEqual(found, token)) {
                serve();
            }
        } catch (IOException e) {
            // The parent is gone or gave up: nobody is left to be told.
        } finally {
            done.countDown();
            deleteSets.forEach(engine.deletedRows()::remove);
        }
    }

    private void serve() throws IOException {
        WorkerRequest request = WorkerRequest.fromJson(channel.read().text());
        byte[] parameters = new byte[0];
        for (Frame frame = channel.read(); frame.type() != FrameType.START; frame = channel.read()) {
            if (frame.type() == FrameType.DELETES) {
                deleteSets.add(engine.deletedRows().add(frame.payload()));
            } else if (frame.type() == FrameType.PARAMETERS) {
                parameters = frame.payload().array();
            }
        }
        try (DuckDBConnection connection = engine.database().duplicate()) {
            switch (request.operation()) {
                case PING -> {}
                case PARSE -> parse(connection, request.sql());
                case DESCRIBE -> new StatementRunner(connection, engine.allocator()).describe(request.sql(), channel);
                case EXECUTE -> execute(connection, request, parameters);
            }
            channel.write(FrameType.END, new byte[0]);
        } catch (SQLException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            fail(e);
        } catch (IOException e) {
            // Arrow's readers wrap the engine's failure in an IOException; a broken socket refuses this too.
            fail(e);
        }
    }

    private void fail(Throwable failure) throws IOException {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        channel.write(FrameType.ERROR, stopped ? "INTERRUPT Error: Interrupted!" : message);
        if (message.contains("FATAL Error") || message.contains("database has been invalidated")) {
            // The instance answers nothing more after this; the parent starts another process.
            Runtime.getRuntime().halt(EXIT_FATAL);
        }
    }

    private void parse(DuckDBConnection connection, String sql) throws SQLException, IOException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
            statement.setString(1, sql);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                byte[] tree = result.getString(1).getBytes(StandardCharsets.UTF_8);
                if (tree.length > FrameChannel.MAX_PAYLOAD_BYTES) {
                    throw new SQLException("Parser Error: the statement is too large to be analysed");
                }
                channel.write(FrameType.TEXT, tree);
            }
        }
    }

    private void execute(DuckDBConnection connection, WorkerRequest request, byte[] parameters)
            throws SQLException, IOException {
        StatementRunner runner = new StatementRunner(connection, engine.allocator());
        try (DuckDBPreparedStatement statement = connection.prepare(request.sql())) {
            current = statement;
            watch(request.timeoutMillis());
            runner.run(statement, parameters, request.batchRows(), channel);
        } catch (SQLException e) {
            if (stopped || !String.valueOf(e.getMessage()).contains("Invalid result set")) {
                throw e;
            }
            throw reason(connection, request.sql(), parameters, e);
        } finally {
            done.countDown();
        }
    }

    /** The streaming driver loses the reason of a failure before the first row: the other way to run a query tells it. */
    private SQLException reason(DuckDBConnection connection, String sql, byte[] parameters, SQLException lost)
            throws IOException {
        try (DuckDBPreparedStatement again = connection.prepare(sql)) {
            current = again;
            new StatementRunner(connection, engine.allocator()).bind(again, parameters);
            again.query().close();
            return lost;
        } catch (SQLException e) {
            return e;
        }
    }

    /** Cancels the statement when the parent hangs up or the time is over. */
    private void watch(long timeoutMillis) {
        daemon("-watch", () -> {
            try {
                channel.read();
            } catch (IOException e) {
                // The end of the connection is what this waits for.
            }
            cancelUntilDone();
        });
        if (timeoutMillis > 0) {
            daemon("-timer", () -> {
                if (!awaitDone(timeoutMillis)) {
                    cancelUntilDone();
                }
            });
        }
    }

    private static void daemon(String suffix, Runnable work) {
        Thread thread = new Thread(work, Thread.currentThread().getName() + suffix);
        thread.setDaemon(true);
        thread.start();
    }

    private void cancelUntilDone() {
        while (!awaitDone(CANCEL_REPEAT_MILLIS)) {
            stopped = true;
            DuckDBPreparedStatement statement = current;
            try {
                if (statement != null) {
                    statement.cancel();
                }
            } catch (SQLException e) {
                // Closed between two looks; the session is about to end.
            }
        }
    }

    private boolean awaitDone(long millis) {
        try {
            return done.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
