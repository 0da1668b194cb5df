package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresFixtureTest {
    @ParameterizedTest
    @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes"})
    void durabilityIsOnAsInProduction(String setting) throws Exception {
        PostgresFixture.Database database = PostgresFixture.shared().newDatabase("durability");

        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SHOW " + setting)) {
            assertThat(found.next()).isTrue();
            assertThat(found.getString(1)).isEqualTo("on");
        }
    }

    @Test
    void databasesAreEmptyAndApart() throws Exception {
        PostgresFixture.Database one = PostgresFixture.shared().newDatabase("one");
        PostgresFixture.Database other = PostgresFixture.shared().newDatabase("one");

        one.execute("CREATE TABLE t (a INT)");
        other.execute("CREATE TABLE t (a INT)");

        assertThat(one.url()).isNotEqualTo(other.url());
    }

    @Test
    void aPrefixThatIsNoNameIsRefused() {
        PostgresFixture fixture = PostgresFixture.shared();

        assertThatThrownBy(() -> fixture.newDatabase("a; DROP TABLE x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be 1 to 48 lower-case letters");
    }
}
