package dev.tarn.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stock JDBC driver of Arrow, unmodified. */
class JdbcDriverTest {
    private GatewayFixture gateway;

    @BeforeEach
    void start() {
        gateway = new GatewayFixture();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void statementReturnsTypedValues() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1::INTEGER AS i, 2::BIGINT AS l, 1.5::DOUBLE AS d,"
                        + " 12.34::DECIMAL(9,2) AS m, 'text' AS s, DATE '2026-11-25' AS day, true AS b,"
                        + " TIMESTAMP '2026-11-25 13:00:00' AS t, NULL::INTEGER AS nothing")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt("i")).isEqualTo(1);
            assertThat(row.getLong("l")).isEqualTo(2);
            assertThat(row.getDouble("d")).isEqualTo(1.5);
            assertThat(row.getBigDecimal("m")).isEqualByComparingTo("12.34");
            assertThat(row.getString("s")).isEqualTo("text");
            assertThat(row.getDate("day")).hasToString("2026-11-25");
            assertThat(row.getBoolean("b")).isTrue();
            assertThat(row.getTimestamp("t")).isNotNull();
            assertThat(row.getObject("nothing")).isNull();
            assertThat(row.next()).isFalse();
        }
        assertThat(gateway.engine.running()).isZero();
    }

    @Test
    void manyRowsArrive() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT range AS n FROM range(200000)")) {
            long sum = 0;
            while (rows.next()) {
                sum += rows.getLong(1);
            }
            assertThat(sum).isEqualTo(199_999L * 200_000 / 2);
        }
    }

    @Test
    void updateRunsOnceAndAnswersItsCount() throws Exception {
        gateway.engine.run("CREATE TABLE t (n INTEGER)");
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO t VALUES (1), (2)")).isEqualTo(2);
            assertThat(statement.execute("INSERT INTO t VALUES (3)")).isFalse();
            try (ResultSet count = statement.executeQuery("SELECT count(*) FROM t")) {
                assertThat(count.next()).isTrue();
                assertThat(count.getLong(1)).isEqualTo(3);
            }
        }
    }

    @Test
    void preparedStatementTakesParametersAgainAndAgain() throws Exception {
        try (Connection connection = connect("");
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM range(100) WHERE range < ?::INTEGER")) {
            for (int limit : new int[] {10, 3, 100}) {
                statement.setInt(1, limit);
                try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getLong(1)).isEqualTo(limit);
                }
            }
        }
    }

    @Test
    void userAndPasswordAreAcceptedWhileNoLoginIsConfigured() throws Exception {
        try (Connection connection = connect("&user=anybody&password=anything");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            assertThat(row.next()).isTrue();
        }
    }

    @Test
    void catalogOfTheUrlIsSet() throws Exception {
        Connection connection = connect("&catalog=lake");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            assertThat(row.next()).isTrue();
        }
        // This version of the driver closes its session twice, the second time on a connection that it has closed.
        assertThatThrownBy(connection::close)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Channel shutdown invoked");
    }

    @Test
    void errorSaysWhatIsWrong() throws Exception {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM absent"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("absent");
        }
    }

    @Test
    void metadataWalkOfADatabaseToolWorks() throws Exception {
        try (Connection connection = connect("")) {
            DatabaseMetaData metadata = connection.getMetaData();
            assertThat(metadata.getDatabaseProductName()).isEqualTo("Tarn");
            assertThat(metadata.isReadOnly()).isTrue();
            assertThat(metadata.supportsTransactions()).isFalse();
            assertThat(metadata.getIdentifierQuoteString()).isEqualTo("\"");
            assertThat(metadata.getSQLKeywords()).contains("QUALIFY");
            assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("lake");
            assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).containsExactly("air", "air.europe", "rail");
            assertThat(column(metadata.getTableTypes(), "TABLE_TYPE")).containsExactly("TABLE");
            assertThat(column(metadata.getTables("lake", "air", "%", null), "TABLE_NAME"))
                    .containsExactly("flights", "flights_old");
            assertThat(column(metadata.getColumns("lake", "air", "flights", "%"), "COLUMN_NAME"))
                    .containsExactly("id", "carrier", "price", "left_at");
            assertThat(column(metadata.getColumns("lake", "air", "flights", "%"), "TYPE_NAME"))
                    .containsExactly("BIGINT", "VARCHAR", "DECIMAL", "TIMESTAMP WITH TIME ZONE");
            assertThat(column(metadata.getPrimaryKeys("lake", "air", "flights"), "COLUMN_NAME"))
                    .containsExactly("id");
            assertThat(column(metadata.getImportedKeys("lake", "air", "flights"), "FKTABLE_NAME"))
                    .isEmpty();
            assertThat(metadata.supportsResultSetConcurrency(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE))
                    .isFalse();
        }
    }

    private Connection connect(String parameters) throws SQLException {
        return DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false%s"
                .formatted(gateway.server.port(), parameters));
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(name));
            }
        }
        return values;
    }
}
