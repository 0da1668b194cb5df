package dev.tarn.it.conformance;

import dev.tarn.catalog.CatalogOptions;
import dev.tarn.catalog.CatalogServer;
import dev.tarn.common.Closer;
import dev.tarn.common.SettingsReader;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import dev.tarn.testkit.PostgresFixture;
import dev.tarn.testkit.S3Fixture;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A catalog server of one kind, for a run of the kit. */
final class ServedCatalog implements AutoCloseable {
    private final Closer closer = new Closer();
    private final CatalogServer server;
    private final WarehouseUri warehouse;
    private final Map<String, String> storageProperties;

    /** Where the state of the catalog is. */
    enum Store {
        EMBEDDED,
        POSTGRES
    }

    /** Where the files of tables are. */
    enum Storage {
        FILES,
        S3
    }

    /**
     * What a server stands on.
     *
     * @param store where the state of the catalog is
     * @param storage where the files of tables are
     */
    record Kind(Store store, Storage storage) {
        static Stream<Kind> all() {
            return Stream.of(Store.values())
                    .flatMap(store -> Stream.of(Storage.values()).map(storage -> new Kind(store, storage)));
        }

        /** Enough kinds for each value of each component to be there once. */
        static Stream<Kind> some() {
            return Stream.of(new Kind(Store.EMBEDDED, Storage.S3), new Kind(Store.POSTGRES, Storage.FILES));
        }
    }

    private ServedCatalog(Kind kind, Path folder) {
        boolean s3 = kind.storage() == Storage.S3;
        S3Settings settings = s3 ? S3Fixture.shared().settings() : S3Settings.DEFAULTS;
        warehouse = s3
                ? S3Fixture.shared().warehouse()
                : WarehouseUri.parse(folder.resolve("warehouse").toString());
        storageProperties = s3 ? settings.fileIoProperties() : Map.of();
        Map<String, String> values = new HashMap<>(Map.of("catalog.port", "0"));
        if (kind.store() == Store.POSTGRES) {
            PostgresFixture.Database database = PostgresFixture.shared().newDatabase("kit");
            values.put("catalog.store.url", database.url());
            values.put("catalog.store.user", database.user());
            values.put("catalog.store.password", database.password().reveal());
        }
        server = closer.register(CatalogServer.start(
                CatalogOptions.from(SettingsReader.of(values), folder.resolve("data"), warehouse, settings),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                List.of()));
    }

    static ServedCatalog start(Kind kind, Path folder) {
        return new ServedCatalog(kind, folder);
    }

    URI uri() {
        return server.uri();
    }

    /** What a client that reaches the server at an address needs to be told. */
    Map<String, String> clientProperties(URI uri) {
        Map<String, String> properties = new HashMap<>(storageProperties);
        properties.put("uri", uri.toString());
        properties.put("warehouse", warehouse.toString());
        return properties;
    }

    /** A place in the warehouse for tables that a client wants at a place of its choice. */
    String locationForTests() {
        return warehouse + (warehouse.toString().endsWith("/") ? "" : "/") + "kit";
    }

    @Override
    public void close() {
        closer.close();
    }
}
