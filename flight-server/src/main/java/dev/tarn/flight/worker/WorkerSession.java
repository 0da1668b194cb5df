package dev.tarn.flight.worker;

import dev.tarn.flight.worker.FrameChannel.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;

/** Serves one request on one connection. Confined to its thread, except for the watch that cancels. */
final class WorkerSession {
    /** How often a cancel is repeated: the engine forgets an interrupt that falls between two pieces of work. */
    private static final long CANCEL_REPEAT_MILLIS = 20;

    private final FrameChannel channel;
    private final byte[] token;
    private final WorkerEngine engine;
    private final Set<Long> deleteSets = new HashSet<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean abandoned;

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
        String message = failure.getMessage();
        channel.write(FrameType.ERROR, message == null ? failure.getClass().getSimpleName() : message);
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
        try (PreparedStatement statement = connection.prepareStatement(request.sql())) {
            watch(statement, request.timeoutMillis());
            new StatementRunner(connection, engine.allocator())
                    .run(statement, parameters, request.batchRows(), channel);
        } finally {
            done.countDown();
        }
    }

    /** Cancels the statement when the parent hangs up or the time is over. */
    private void watch(Statement statement, long timeoutMillis) {
        Thread hangUp = new Thread(
                () -> {
                    try {
                        channel.read();
                    } catch (IOException e) {
                        // The end of the connection is what this waits for.
                    }
                    abandoned = true;
                    cancelUntilDone(statement);
                },
                Thread.currentThread().getName() + "-watch");
        hangUp.setDaemon(true);
        hangUp.start();
        if (timeoutMillis > 0) {
            Thread timer = new Thread(
                    () -> {
                        if (!awaitDone(timeoutMillis) && !abandoned) {
                            cancelUntilDone(statement);
                        }
                    },
                    Thread.currentThread().getName() + "-timer");
            timer.setDaemon(true);
            timer.start();
        }
    }

    private void cancelUntilDone(Statement statement) {
        while (!awaitDone(CANCEL_REPEAT_MILLIS)) {
            try {
                statement.cancel();
            } catch (SQLException e) {
                return; // Closed already.
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
