package dev.tarn.catalog.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tarn.common.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;

/** Opens connections whose every wait has an end, alone and in a pool. Immutable, thread-safe. */
final class PostgresConnections {
    /** Shorter than what firewalls forget and what servers are patient with. */
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(30);

    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);

    /** A transaction of ours takes milliseconds: one that is silent so long belongs to a process that hangs. */
    private static final Duration MAX_SILENCE_IN_TRANSACTION = Duration.ofSeconds(60);

    private final PostgresSettings settings;

    PostgresConnections(PostgresSettings settings) {
        this.settings = settings;
    }

    /** A connection outside of the pool, for the start. The caller closes it. */
    Connection connect() throws SQLException {
        Properties properties = properties();
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        settings.password().map(Secret::reveal).ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("socketTimeout", "120"); // A migration may take its time.
        Connection connection = new Driver().connect(settings.url(), properties);
        if (connection == null) {
            throw new SQLException("The driver does not know the URL " + settings.url());
        }
        return connection;
    }

    /** A pool that reaches for its first connection when it is needed. The caller closes it. */
    HikariDataSource pool(MeterRegistry metrics) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("catalog-store");
        config.setJdbcUrl(settings.url());
        if (!settings.user().isEmpty()) {
            config.setUsername(settings.user());
        }
        settings.password().map(Secret::reveal).ifPresent(config::setPassword);
        config.setDriverClassName(Driver.class.getName());
        config.setDataSourceProperties(properties());
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(settings.poolWait().toMillis());
        config.setValidationTimeout(Math.min(
                settings.poolWait().toMillis(), settings.connectTimeout().toMillis()));
        config.setMaxLifetime(MAX_LIFETIME.toMillis());
        config.setKeepaliveTime(KEEP_ALIVE.toMillis());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setInitializationFailTimeout(-1);
        config.setMetricRegistry(metrics);
        return new HikariDataSource(config);
    }

    /** No statement timeout: it could strike during COMMIT. */
    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "tarn-catalog");
        properties.setProperty("connectTimeout", seconds(settings.connectTimeout()));
        properties.setProperty("loginTimeout", seconds(settings.connectTimeout()));
        properties.setProperty("socketTimeout", seconds(settings.socketTimeout()));
        properties.setProperty("tcpKeepAlive", "true");
        if (!settings.url().contains("targetServerType=")) {
            properties.setProperty("targetServerType", "primary");
        }
        properties.setProperty(
                "options",
                "-c statement_timeout=0 -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d"
                        .formatted(settings.lockTimeout().toMillis(), MAX_SILENCE_IN_TRANSACTION.toMillis()));
        return properties;
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }
}
