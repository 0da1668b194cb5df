package dev.tarn.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetadataTest {
    private GatewayFixture gateway;
    private FlightSqlClient client;

    @BeforeEach
    void start() {
        gateway = new GatewayFixture();
        client = gateway.sqlClient();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void catalogHasTheNameOfTheCatalogAccess() {
        assertThat(rows(client.getCatalogs())).containsExactly(List.of("lake"));
        assertThat(rows(client.getTableTypes())).containsExactly(List.of("TABLE"));
    }

    @Test
    void nestedNamespacesAreDottedSchemas() {
        assertThat(rows(client.getSchemas(null, null)))
                .containsExactly(List.of("lake", "air"), List.of("lake", "air.europe"), List.of("lake", "rail"));
        assertThat(rows(client.getSchemas("lake", "air%"))).hasSize(2);
        assertThat(rows(client.getSchemas("other", null))).isEmpty();
    }

    @Test
    void tablesAreFilteredByPatternWithEscapes() {
        assertThat(rows(client.getTables(null, null, null, null, false))).hasSize(3);
        assertThat(rows(client.getTables("lake", "air", "flights", List.of("TABLE"), false)))
                .containsExactly(List.of("lake", "air", "flights", "TABLE"));
        assertThat(rows(client.getTables(null, "air", "flights%", null, false))).hasSize(2);
        assertThat(rows(client.getTables(null, null, "flights\\_%", null, false)))
                .containsExactly(List.of("lake", "air", "flights_old", "TABLE"));
        assertThat(rows(client.getTables(null, null, "hub_", null, false))).hasSize(1);
        assertThat(rows(client.getTables(null, null, null, List.of("VIEW"), false)))
                .isEmpty();
    }

    @Test
    void tablesCarryTheirColumnsWithMetadata() throws Exception {
        FlightInfo info = client.getTables(null, "air", "flights", null, true);
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.getSchema()).isEqualTo(Schemas.GET_TABLES_SCHEMA);
            assertThat(stream.next()).isTrue();
            byte[] bytes = ((VarBinaryVector) stream.getRoot().getVector("table_schema")).get(0);
            Schema schema = MessageSerializer.deserializeSchema(
                    new ReadChannel(Channels.newChannel(new ByteArrayInputStream(bytes))));
            assertThat(schema.getFields())
                    .extracting(Field::getName)
                    .containsExactly("id", "carrier", "price", "left_at");
            assertThat(schema.findField("id").isNullable()).isFalse();
            FlightSqlColumnMetadata carrier =
                    new FlightSqlColumnMetadata(schema.findField("carrier").getMetadata());
            assertThat(carrier.getTypeName()).isEqualTo("VARCHAR");
            assertThat(carrier.getRemarks()).isEqualTo("two letters");
            FlightSqlColumnMetadata price =
                    new FlightSqlColumnMetadata(schema.findField("price").getMetadata());
            assertThat(price.getPrecision()).isEqualTo(9);
            assertThat(price.getScale()).isEqualTo(2);
            assertThat(price.getTableName()).isEqualTo("flights");
        }
    }

    @Test
    void primaryKeysAreTheIdentifierFields() {
        assertThat(rows(client.getPrimaryKeys(TableRef.of("lake", "air", "flights"))))
                .containsExactly(List.of("lake", "air", "flights", "id", "1", "identifier_fields"));
        assertThat(rows(client.getPrimaryKeys(TableRef.of("lake", "air", "absent"))))
                .isEmpty();
    }

    @Test
    void foreignKeysAreEmptyWithTheExactSchemas() {
        TableRef table = TableRef.of("lake", "air", "flights");

        assertThat(schemaOfEmpty(client.getExportedKeys(table))).isEqualTo(Schemas.GET_EXPORTED_KEYS_SCHEMA);
        assertThat(schemaOfEmpty(client.getImportedKeys(table))).isEqualTo(Schemas.GET_IMPORTED_KEYS_SCHEMA);
        assertThat(schemaOfEmpty(client.getCrossReference(table, table))).isEqualTo(Schemas.GET_CROSS_REFERENCE_SCHEMA);
    }

    @Test
    void typeInfoCanBeAskedForOneType() {
        assertThat(rows(client.getXdbcTypeInfo())).hasSizeGreaterThan(10);
        assertThat(rows(client.getXdbcTypeInfo(java.sql.Types.DECIMAL)))
                .singleElement()
                .satisfies(row -> assertThat(row.get(0)).isEqualTo("DECIMAL"));
    }

    @Test
    void everySqlInfoCodeHasAnAnswer() {
        Set<Integer> answered = new TreeSet<>();
        rows(client.getSqlInfo(new int[0])).forEach(row -> answered.add(Integer.valueOf(row.get(0))));
        Set<Integer> codes = new TreeSet<>();
        for (SqlInfo code : SqlInfo.values()) {
            boolean concurrencyOfResultSets = code.name().startsWith("SQL_SUPPORTED_CONCURRENCIES");
            if (code != SqlInfo.UNRECOGNIZED && !concurrencyOfResultSets) {
                codes.add(code.getNumber());
            }
        }
        assertThat(answered).isEqualTo(codes);
    }

    @Test
    void sqlInfoTellsTheTruthAboutTransactionsAndIngestion() {
        assertThat(rows(client.getSqlInfo(
                        SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION,
                        SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION,
                        SqlInfo.FLIGHT_SQL_SERVER_CANCEL)))
                .containsExactlyInAnyOrder(List.of("8", "0"), List.of("10", "false"), List.of("9", "true"));
        assertThat(rows(client.getSqlInfo(List.of(999_999)))).isEmpty();
    }

    private Schema schemaOfEmpty(FlightInfo info) {
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(stream.next()).isFalse();
            assertThat(info.getSchemaOptional()).contains(stream.getSchema());
            return stream.getSchema();
        } catch (Exception e) {
            throw new IllegalStateException("Cannot read an answer", e);
        }
    }

    private List<List<String>> rows(FlightInfo info) {
        List<List<String>> rows = new ArrayList<>();
        try (FlightStream stream = client.getStream(info.getEndpoints().get(0).getTicket())) {
            assertThat(info.getSchemaOptional()).contains(stream.getSchema());
            while (stream.next()) {
                for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
                    List<String> values = new ArrayList<>();
                    for (FieldVector column : stream.getRoot().getFieldVectors()) {
                        values.add(String.valueOf(column.getObject(row)));
                    }
                    rows.add(values);
                }
            }
            return rows;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Cannot read an answer", e);
        }
    }
}
