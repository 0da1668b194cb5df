package dev.tarn.flight.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;

/**
 * The child process: one DuckDB instance behind a Unix domain socket. It reads its token from standard input and exits
 * when that input ends, which is when the parent dies. Started by {@link EngineWorker}, not by people.
 */
public final class WorkerMain {
    /** Deeply nested statements overflow DuckDB's parser on a default stack, which kills the process. */
    private static final long STACK_BYTES = 64L * 1024 * 1024;

    /** Connections at once; the parent admits fewer statements than this. */
    private static final int MAX_CONNECTIONS = 512;

    private WorkerMain() {}

    /**
     * Runs until standard input ends.
     *
     * @param arguments socket, scan cache folder, spill folder, memory limit, threads, spill limit; sizes in bytes
     */
    public static void main(String[] arguments) throws IOException, SQLException {
        Path socket = Path.of(arguments[0]);
        byte[] token = System.in.readNBytes(EngineWorker.TOKEN_BYTES);
        try (DuckDBConnection database = open(arguments);
                RootAllocator allocator = new RootAllocator();
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            DeletedRows deletedRows = new DeletedRows();
            deletedRows.register(database);
            lock(database, arguments[1]);
            server.bind(UnixDomainSocketAddress.of(socket));
            exitWithParent();
            System.out.write("ready\n".getBytes(StandardCharsets.US_ASCII));
            System.out.flush();
            accept(server, token, new WorkerEngine(database, allocator, deletedRows));
        }
    }

    private static DuckDBConnection open(String[] arguments) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("temp_directory", arguments[2]);
        properties.setProperty("memory_limit", arguments[3] + "B");
        properties.setProperty("threads", arguments[4]);
        properties.setProperty("max_temp_directory_size", arguments[5] + "B");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection("jdbc:duckdb:", properties).unwrap(DuckDBConnection.class);
    }

    private static void lock(DuckDBConnection database, String cacheFolder) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("SET GLOBAL TimeZone = 'UTC'");
            statement.execute("SET GLOBAL allowed_directories = ['%s']".formatted(cacheFolder.replace("'", "''")));
            statement.execute("SET GLOBAL enable_external_access = false");
            statement.execute("SET GLOBAL lock_configuration = true");
        }
    }

    private static void exitWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // The parent says nothing more; only the end counts.
                        }
                    } catch (IOException e) {
                        // A broken input means the same as its end.
                    }
                    Runtime.getRuntime().halt(0);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void accept(ServerSocketChannel server, byte[] token, WorkerEngine engine) throws IOException {
        AtomicInteger open = new AtomicInteger();
        for (long number = 1; ; number++) {
            SocketChannel socket = server.accept();
            if (open.get() >= MAX_CONNECTIONS) {
                socket.close();
                continue;
            }
            open.incrementAndGet();
            Runnable work = () -> {
                try {
                    new WorkerSession(new FrameChannel(socket), token, engine).run();
                } finally {
                    open.decrementAndGet();
                }
            };
            Thread thread = new Thread(null, work, "statement-" + number, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }
    }
}
