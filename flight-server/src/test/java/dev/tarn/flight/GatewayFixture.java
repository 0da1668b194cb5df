package dev.tarn.flight;

import dev.tarn.common.Closer;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.InProcessEngine;
import dev.tarn.flight.scan.CatalogAccess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.types.Types;

/** A gateway on loopback over an in-process engine and an in-memory catalog, with everything closed in order. */
final class GatewayFixture implements AutoCloseable {
    private final Closer closer = new Closer();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final BufferAllocator serverAllocator = closer.register(new RootAllocator());
    final BufferAllocator clientAllocator = closer.register(new RootAllocator());
    final InProcessEngine engine = closer.register(new InProcessEngine(serverAllocator));
    final CatalogAccess catalogs;
    final FlightSqlServer server;

    GatewayFixture(FlightLimits limits) {
        InMemoryCatalog catalog = closer.register(new InMemoryCatalog());
        catalog.initialize("lake", Map.of());
        catalog.createNamespace(Namespace.of("air"));
        catalog.createNamespace(Namespace.of("air", "europe"));
        catalog.createNamespace(Namespace.of("rail"));
        Schema flights = new Schema(
                List.of(
                        Types.NestedField.required(1, "id", Types.LongType.get()),
                        Types.NestedField.optional(2, "carrier", Types.StringType.get(), "two letters"),
                        Types.NestedField.optional(3, "price", Types.DecimalType.of(9, 2)),
                        Types.NestedField.optional(4, "left_at", Types.TimestampType.withZone())),
                Set.of(1));
        catalog.createTable(TableIdentifier.of("air", "flights"), flights);
        catalog.createTable(TableIdentifier.of("air", "flights_old"), flights);
        catalog.createTable(TableIdentifier.of(Namespace.of("air", "europe"), "hubs"), flights);
        catalogs = new OneCatalog(catalog);
        server = closer.register(FlightSqlServer.start(
                FlightServerOptions.loopback().with(limits), engine, catalogs, serverAllocator, metrics));
    }

    GatewayFixture() {
        this(FlightLimits.DEFAULTS);
    }

    /** A plain client, closed with the fixture. */
    FlightClient client() {
        return closer.register(
                FlightClient.builder(clientAllocator, Location.forGrpcInsecure("127.0.0.1", server.port()))
                        .build());
    }

    /** A client for SQL, closed with the fixture. */
    FlightSqlClient sqlClient() {
        return new FlightSqlClient(client());
    }

    @Override
    public void close() {
        closer.close();
    }

    private record OneCatalog(InMemoryCatalog catalog) implements CatalogAccess {
        @Override
        public String catalogName() {
            return "lake";
        }

        @Override
        public Catalog as(Caller caller) {
            return catalog;
        }

        @Override
        public void close() {}
    }
}
