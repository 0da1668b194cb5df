package dev.tarn.catalog;

import dev.tarn.catalog.auth.AuthSettings;
import dev.tarn.catalog.credentials.DelegationSettings;
import dev.tarn.catalog.planning.PlanningSettings;
import dev.tarn.catalog.store.sql.PostgresSettings;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a catalog server needs to know.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one
 * @param dataFolder folder of the catalog's own state, held by one process at a time
 * @param warehouse where tables live; every location of theirs must be below it
 * @param s3 how the warehouse is reached if it is on S3
 * @param delegation what clients that ask for access to the files of a table get
 * @param limits how much the server takes on
 * @param allowUnauthenticated whether to listen beyond loopback although nobody has to log in
 * @param planning how scans are planned
 * @param background warehouses and what is done for them behind the requests
 * @param postgres the database that keeps the catalog, absent if it is embedded in the data folder
 * @param auth who may come in
 */
public record CatalogOptions(
        String host,
        int port,
        Path dataFolder,
        WarehouseUri warehouse,
        S3Settings s3,
        DelegationSettings delegation,
        CatalogLimits limits,
        boolean allowUnauthenticated,
        PlanningSettings planning,
        BackgroundOptions background,
        Optional<PostgresSettings> postgres,
        AuthSettings auth) {
    /** Where a server listens unless told otherwise. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    /** The port that Iceberg's examples use. */
    public static final int DEFAULT_PORT = 8181;

    /**
     * Refuses impossible values.
     *
     * @throws TarnException REFUSED if the address is reachable from elsewhere while nobody has to log in
     */
    public CatalogOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be from 0 to 65535 but was " + port);
        }
        if (auth.isOpen() && !allowUnauthenticated && !isLoopback(host)) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    ("The catalog would listen on %s, where others reach it, without a login; set 'catalog.auth.mode'"
                                    + " to own or oidc, 'catalog.host' to %s, or 'catalog.allow-unauthenticated' to true if the"
                                    + " network is trusted")
                            .formatted(host, DEFAULT_HOST));
        }
        if (!auth.isOpen() && delegation.vendStatic()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Setting 'catalog.vend-static-credentials' gives keys to every table to whoever may read one, which a login"
                            + " shall prevent; vend through STS or sign remotely instead");
        }
    }

    /** Options of a server that nobody can reach from elsewhere without a login. */
    public CatalogOptions(
            String host,
            int port,
            Path dataFolder,
            WarehouseUri warehouse,
            S3Settings s3,
            DelegationSettings delegation,
            CatalogLimits limits) {
        this(host, port, dataFolder, warehouse, s3, delegation, limits, false);
    }

    /** Options of a server that plans scans and works in the background as usual. */
    public CatalogOptions(
            String host,
            int port,
            Path dataFolder,
            WarehouseUri warehouse,
            S3Settings s3,
            DelegationSettings delegation,
            CatalogLimits limits,
            boolean allowUnauthenticated) {
        this(
                host,
                port,
                dataFolder,
                warehouse,
                s3,
                delegation,
                limits,
                allowUnauthenticated,
                PlanningSettings.DEFAULTS,
                BackgroundOptions.DEFAULTS,
                Optional.empty(),
                AuthSettings.OPEN);
    }

    /** The same options, with scans planned in another way. */
    public CatalogOptions with(PlanningSettings other) {
        return with(other, background, postgres, auth);
    }

    /** The same options, with other work in the background. */
    public CatalogOptions with(BackgroundOptions other) {
        return with(planning, other, postgres, auth);
    }

    /** The same options, with the catalog kept in PostgreSQL. */
    public CatalogOptions with(PostgresSettings database) {
        return with(planning, background, Optional.of(database), auth);
    }

    /** The same server with another way to come in. */
    public CatalogOptions with(AuthSettings other) {
        return with(planning, background, postgres, other);
    }

    private CatalogOptions with(
            PlanningSettings newPlanning,
            BackgroundOptions newBackground,
            Optional<PostgresSettings> newPostgres,
            AuthSettings newAuth) {
        return new CatalogOptions(
                host,
                port,
                dataFolder,
                warehouse,
                s3,
                delegation,
                limits,
                allowUnauthenticated,
                newPlanning,
                newBackground,
                newPostgres,
                newAuth);
    }

    /** Reads the {@code catalog.} settings. */
    public static CatalogOptions from(SettingsReader settings, Path dataFolder, WarehouseUri warehouse, S3Settings s3) {
        return new CatalogOptions(
                settings.text("catalog.host", DEFAULT_HOST),
                settings.integer("catalog.port", DEFAULT_PORT, 0, 65_535),
                dataFolder,
                warehouse,
                s3,
                DelegationSettings.from(settings),
                CatalogLimits.from(settings),
                settings.flag("catalog.allow-unauthenticated", false),
                PlanningSettings.from(settings),
                BackgroundOptions.from(settings),
                PostgresSettings.from(settings),
                AuthSettings.from(settings));
    }

    /** Whether only this machine reaches the server. */
    public boolean isOnLoopback() {
        return isLoopback(host);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting 'catalog.host' must be an address of this machine but was '%s'".formatted(host),
                    e);
        }
    }
}
