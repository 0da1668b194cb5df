package dev.tarn.flight.scan;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.tarn.flight.engine.Caller;
import dev.tarn.storage.RestCatalogs;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.rest.auth.OAuth2Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST catalog, with one client per caller that passes the caller's own token on. Thread-safe. */
public final class RestCatalogAccess implements CatalogAccess {
    private static final Logger LOG = LoggerFactory.getLogger(RestCatalogAccess.class);

    /** Callers whose client is kept; another one costs a request for the catalog's configuration. */
    private static final int MAX_CLIENTS = 500;

    private static final Duration IDLE = Duration.ofMinutes(30);

    private final String catalogName;
    private final URI uri;
    private final String warehouse;
    private final Map<String, String> properties;
    private final Set<RESTCatalog> open = ConcurrentHashMap.newKeySet();
    private final Cache<Caller, RESTCatalog> clients = Caffeine.newBuilder()
            .maximumSize(MAX_CLIENTS)
            .expireAfterAccess(IDLE)
            .scheduler(Scheduler.systemScheduler())
            .removalListener(
                    (@Nullable Caller caller, @Nullable RESTCatalog client, RemovalCause cause) -> close(client))
            .build();

    /**
     * Opens nothing yet.
     *
     * @param catalogName the name in SQL
     * @param uri root of the catalog
     * @param warehouse as the catalog knows it; empty for its default
     * @param properties what every client needs besides, under Iceberg's names
     */
    public RestCatalogAccess(String catalogName, URI uri, String warehouse, Map<String, String> properties) {
        this.catalogName = catalogName;
        this.uri = uri;
        this.warehouse = warehouse;
        this.properties = Map.copyOf(properties);
    }

    @Override
    public String catalogName() {
        return catalogName;
    }

    @Override
    public Catalog as(Caller caller) {
        return clients.get(caller, this::open);
    }

    @Override
    public void close() {
        clients.invalidateAll();
        clients.cleanUp();
        open.forEach(this::close);
    }

    private RESTCatalog open(Caller caller) {
        Map<String, String> all = new HashMap<>(properties);
        caller.bearer().ifPresent(token -> all.put(OAuth2Properties.TOKEN, token.reveal()));
        RESTCatalog client = RestCatalogs.open(uri, warehouse, all);
        open.add(client);
        return client;
    }

    private void close(@Nullable RESTCatalog client) {
        if (client != null && open.remove(client)) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.warn("Cannot close a catalog client: {}", e.toString());
            }
        }
    }
}
