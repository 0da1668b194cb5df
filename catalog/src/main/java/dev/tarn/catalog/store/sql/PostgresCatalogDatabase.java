package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;

/**
 * A catalog in PostgreSQL, which any number of replicas may open at once. Tables are made at the first start. Thread-safe;
 * whoever opens it closes it.
 */
public final class PostgresCatalogDatabase extends SqlCatalogDatabase {
    private PostgresCatalogDatabase(PostgresTransactions transactions, Clock clock) {
        super(transactions, clock);
    }

    /**
     * Opens a database, making its tables if they do not exist.
     *
     * @param metrics where the pool of connections counts
     * @throws TarnException UNAVAILABLE if the server cannot be reached or refuses the login, UNSUPPORTED if it is too old
     *     or a newer Tarn wrote the database
     */
    public static PostgresCatalogDatabase open(PostgresSettings settings, Clock clock, MeterRegistry metrics) {
        PostgresConnections connections = new PostgresConnections(settings);
        Dialect dialect = new PostgresDialect();
        try (Connection connection = connections.connect()) {
            PostgresMigrations.run(connection, dialect);
            PostgresMigrations.logDurability(connection, settings.url());
        } catch (SQLException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot open the catalog database %s: %s".formatted(settings.url(), e.getMessage()),
                    e);
        }
        return new PostgresCatalogDatabase(
                new PostgresTransactions(connections.pool(metrics), dialect, settings.resolveTimeout()), clock);
    }
}
