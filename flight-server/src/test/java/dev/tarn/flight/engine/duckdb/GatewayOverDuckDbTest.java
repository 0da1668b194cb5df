package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tarn.flight.FlightServerOptions;
import dev.tarn.flight.FlightSqlServer;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.scan.CatalogAccess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg files, the engine in its worker process, the gateway, and stock clients. */
class GatewayOverDuckDbTest {
    private static final Schema ORDERS = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "city", Types.StringType.get()));

    @TempDir
    Path folder;

    private final InMemoryCatalog metadata = new InMemoryCatalog();
    private EngineFixture fixture;
    private FlightSqlServer server;

    @BeforeEach
    void start() {
        metadata.initialize("lake", Map.of());
        fixture = new EngineFixture(folder);
        server = FlightSqlServer.start(
                FlightServerOptions.loopback(),
                fixture.engine,
                new MetadataOnly(metadata),
                fixture.allocator,
                new SimpleMeterRegistry());
        Table orders = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 3);
        List<Record> rows = new ArrayList<>();
        for (long id = 0; id < 1000; id++) {
            Record row = GenericRecord.create(ORDERS);
            row.setField("id", id);
            row.setField("city", id % 2 == 0 ? "Bern" : "Oslo");
            rows.add(row);
        }
        EngineFixture.append(orders, rows);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        fixture.close();
        metadata.close();
    }

    @Test
    void jdbcDriverReadsAnIcebergTable() throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false".formatted(server.port()));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT city, count(*), sum(id)::BIGINT FROM shop.orders GROUP BY city ORDER BY city")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("Bern");
            assertThat(row.getLong(2)).isEqualTo(500);
            assertThat(row.getLong(3)).isEqualTo(249_500);
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("Oslo");
            assertThat(row.next()).isFalse();
        }
    }

    @Test
    void jdbcDriverBindsParametersOverAnIcebergTable() throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false".formatted(server.port()));
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM shop.orders WHERE city = ? AND id < ?")) {
            statement.setString(1, "Bern");
            statement.setLong(2, 100);
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next()).isTrue();
                assertThat(row.getLong(1)).isEqualTo(50);
            }
        }
    }

    @Test
    void abandonedResultLeavesNothingBehind() throws Exception {
        long idle = fixture.allocator.getAllocatedMemory();
        try (FlightSqlClient client = new FlightSqlClient(
                FlightClient.builder(fixture.allocator, Location.forGrpcInsecure("127.0.0.1", server.port()))
                        .build())) {
            FlightInfo info =
                    client.execute("SELECT a.id + b.id AS n FROM shop.orders a, shop.orders b, shop.orders c");
            FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket());
            assertThat(stream.next()).isTrue();
            stream.close();
        }
        await().until(() -> fixture.allocator.getAllocatedMemory() == idle);
    }

    private record MetadataOnly(InMemoryCatalog catalog) implements CatalogAccess {
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
