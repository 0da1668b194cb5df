package dev.tarn.testkit;

import dev.tarn.common.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/**
 * The PostgreSQL server that tests run against: the one that {@code TEST_POSTGRES_URL} and its companions name, or one that
 * is started from its own binaries, with every durability switch on. One per JVM; what it starts ends with the JVM.
 * Thread-safe. Nobody closes it.
 */
public final class PostgresFixture {
    private static final String URL = "TEST_POSTGRES_URL";
    private static final String USER = "TEST_POSTGRES_USER";
    private static final String PASSWORD = "TEST_POSTGRES_PASSWORD";

    /** Waits up to ten seconds for the server, which waits up to five for its own processes. */
    private static final String STOP_AND_DELETE = "kill -QUIT $1; n=0;"
            + " while kill -0 $1 && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done; rm -rf \"$2\"";

    /** Room for an underscore and twelve more characters within the 63 that a name may have. */
    private static final int MAX_PREFIX_LENGTH = 48;

    private final Database administration;

    private PostgresFixture(Database administration) {
        this.administration = administration;
    }

    /**
     * A database, and a user that may do everything.
     *
     * @param url {@code jdbc:postgresql://HOST:PORT/NAME}
     * @param user name of the user
     * @param password of the user
     */
    public record Database(String url, String user, Secret password) {
        /** A connection for what a test arranges or checks. The caller closes it. */
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url, user, password.reveal());
        }

        /** Runs one statement. */
        public void execute(String sql) throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** The server of this JVM, started at the first call. Where none can be started the test is skipped. */
    public static PostgresFixture shared() {
        Shared shared = Shared.INSTANCE;
        Assumptions.assumeTrue(shared.problem.isEmpty(), shared.problem);
        return new PostgresFixture(shared.administration);
    }

    /**
     * Creates an empty database with a name nobody else has.
     *
     * @param prefix start of the name: lower-case letters, digits and underscores, 48 at most
     */
    public Database newDatabase(String prefix) {
        if (!prefix.matches("[a-z][a-z0-9_]*") || prefix.length() > MAX_PREFIX_LENGTH) {
            throw new IllegalArgumentException(
                    "The prefix of a database must be 1 to %d lower-case letters, digits and underscores but was '%s'"
                            .formatted(MAX_PREFIX_LENGTH, prefix));
        }
        String name = prefix
                + '_'
                + UUID.randomUUID().toString().toLowerCase(Locale.ROOT).substring(24);
        try {
            administration.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create the database " + name, e);
        }
        String server = administration.url().substring(0, administration.url().lastIndexOf('/') + 1);
        return new Database(server + name, administration.user(), administration.password());
    }

    /** State of the JVM on purpose: a server for each test class would cost seconds each. */
    private static final class Shared {
        static final Shared INSTANCE = open(System.getenv());

        final Database administration;
        final String problem;

        private Shared(Database administration, String problem) {
            this.administration = administration;
            this.problem = problem;
        }

        private static Shared open(Map<String, String> environment) {
            String url = environment.getOrDefault(URL, "");
            if (!url.isEmpty()) {
                // Who names a server means that one: if it cannot be reached the tests fail and are not skipped.
                System.out.println("PostgreSQL fixture: environment (" + url + ")");
                return new Shared(
                        new Database(url, required(environment, USER), Secret.of(required(environment, PASSWORD))), "");
            }
            try {
                Path folder = Files.createTempDirectory("tarn-postgres");
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setDataDirectory(folder)
                        .setRegisterShutdownHook(false)
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("full_page_writes", "on")
                        .setServerConfig("max_connections", "200")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAtOnce(folder), "postgres-stop"));
                String started = server.getJdbcUrl("postgres", "postgres").replaceFirst("[?].*", "");
                System.out.println("PostgreSQL fixture: embedded (" + started + ")");
                return new Shared(new Database(started, "postgres", Secret.of("postgres")), "");
            } catch (IOException | RuntimeException e) {
                return new Shared(
                        new Database("", "", Secret.of("none")),
                        "No PostgreSQL: its binaries do not start on this machine and TEST_POSTGRES_URL names no server: "
                                + e);
            }
        }

        /**
         * An orderly stop would write all databases to the disk, for nobody; and to delete thousands of synced files takes
         * longer than an ending JVM is given. So a process that outlives this one does both.
         */
        private static void stopAtOnce(Path folder) {
            try {
                String pid = Files.readAllLines(folder.resolve("postmaster.pid"))
                        .get(0)
                        .strip();
                new ProcessBuilder("sh", "-c", STOP_AND_DELETE, "sh", pid, folder.toString())
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                System.out.println("PostgreSQL fixture: not stopped: " + e);
            }
        }

        private static String required(Map<String, String> environment, String name) {
            String value = environment.getOrDefault(name, "");
            if (value.isEmpty()) {
                throw new IllegalStateException("%s is set, so %s must be set too".formatted(URL, name));
            }
            return value;
        }
    }
}
