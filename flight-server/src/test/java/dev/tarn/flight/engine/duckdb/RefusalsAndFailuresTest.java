package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryExecution;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsAndFailuresTest {
    private static final String ENDLESS = "SELECT a.range, b.range FROM range(1000000000) a, range(1000000) b";

    @TempDir
    static Path folder;

    private static EngineFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new EngineFixture(folder, 2, DataSize.ofMegabytes(64));
        fixture.createTable(
                "orders",
                new Schema(Types.NestedField.required(1, "amount", Types.LongType.get())),
                PartitionSpec.unpartitioned(),
                2);
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @AfterEach
    void nothingIsLeaked() {
        assertThat(fixture.allocator.getAllocatedMemory()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM read_parquet('/etc/passwd')",
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/etc/passwd')",
                "SELECT * FROM glob('/*')",
                "SELECT * FROM query('SELECT 1')",
                "SELECT * FROM query_table('orders')",
                "SELECT * FROM duckdb_settings()",
                "SELECT (SELECT max(content) FROM read_text('/etc/passwd'))",
                "WITH x AS (SELECT * FROM glob('*')) SELECT * FROM x",
                "SELECT 1 UNION SELECT file FROM glob('*')",
                "SELECT * FROM orders ORDER BY (SELECT count(*) FROM glob('*'))",
                "SELECT current_setting('allowed_directories')",
                "SELECT getenv('HOME')",
                "SELECT tarn_keeps_row(1, 2, 3)"
            })
    void whatReachesOutsideOfTablesIsForbidden(String sql) {
        assertKind(sql, ErrorKind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO orders VALUES (1)",
                "DELETE FROM orders",
                "DROP TABLE orders",
                "CREATE MACRO m() AS 1",
                "COPY orders TO '/x'",
                "ATTACH ':memory:' AS x",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET threads = 1",
                "PRAGMA database_list",
                "SELECT 1; SELECT 2",
                "SHOW TABLES",
                "DESCRIBE orders",
                "WITH x AS (INSERT INTO orders VALUES (1) RETURNING 1) SELECT * FROM x",
                "TABLE orders"
            })
    void otherThanOneQueryIsUnsupported(String sql) {
        assertKind(sql, ErrorKind.UNSUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM 'x.parquet'",
                "SELECT * FROM \"s3://bucket/x.parquet\"",
                "SELECT * FROM information_schema.tables",
                "SELECT * FROM duckdb_tables",
                "SELECT * FROM nowhere.orders",
                "SELECT x.a FROM (WITH x AS (SELECT 1 a) SELECT * FROM x) y, x"
            })
    void otherTablesThanThoseOfTheCatalogAreUnknown(String sql) {
        assertKind(sql, ErrorKind.NOT_FOUND);
    }

    @Test
    void messagesNameTheNearestNameAndThePosition() {
        assertThatThrownBy(() -> fixture.query("SELECT * FROM shop.ordres"))
                .hasMessageContaining("did you mean 'orders'");
        assertThatThrownBy(() -> fixture.query("SELECT * FROM shp.orders")).hasMessageContaining("did you mean 'shop'");
        assertKind("SELECT amout FROM orders", ErrorKind.NOT_FOUND);
        assertThatThrownBy(() -> fixture.query("SELECT amout FROM orders"))
                .hasMessageContaining("\"amount\"")
                .hasMessageNotContaining("LINE");
        assertThatThrownBy(() -> fixture.query("SELECT é FROM FROM orders")).hasMessageContaining("character 15");
    }

    @Test
    void valuesDoNotShowInMessages() {
        assertThatThrownBy(() -> fixture.query("SELECT CAST(x AS INTEGER) FROM (VALUES ('s3cret')) v(x)"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("Could not convert string '***'")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> fixture.query("SELECT 9223372036854775807 + range FROM range(3)"))
                .hasMessageContaining("Overflow");
    }

    @Test
    void bombsAreRefusedBeforeTheParser() {
        assertKind("SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000), ErrorKind.INVALID);
        assertKind("SELECT 1" + " UNION ALL SELECT 1".repeat(5000), ErrorKind.INVALID);
        assertKind("SELECT '" + "x".repeat(300_000) + "'", ErrorKind.INVALID);
        assertKind("SELECT 'open", ErrorKind.INVALID);
        assertKind("", ErrorKind.INVALID);
        assertThat(fixture.query("SELECT " + "(".repeat(190) + "1" + ")".repeat(190)))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"bytes,BLOB", "day,DATE", "moment,TIMESTAMP WITH TIME ZONE", "mood,VARCHAR", "big,'DECIMAL(38,0)'"})
    void describedTypesAreThoseOfTheRows(String name, String type) {
        String sql = "SELECT CAST(NULL AS %s) AS %s".formatted(type, name);
        try (PreparedQuery prepared = fixture.engine.prepare(sql, EngineFixture.context());
                QueryExecution execution = prepared.execute(null, fixture.allocator)) {
            assertThat(execution.next()).isTrue();
            assertThat(execution.batch().getSchema()).isEqualTo(prepared.resultSchema());
        }
    }

    @Test
    void enumsArriveAsText() {
        assertThat(fixture.query("SELECT CAST('a' AS ENUM('a', 'b')) AS e UNION ALL SELECT 'b' ORDER BY 1"))
                .containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void parametersAreBound() {
        String sql = "SELECT ?::BIGINT + 1 AS n, ?::VARCHAR AS s";
        try (PreparedQuery prepared = fixture.engine.prepare(sql, EngineFixture.context());
                BigIntVector number = new BigIntVector("n", fixture.allocator);
                VarCharVector text = new VarCharVector("s", fixture.allocator)) {
            assertThat(prepared.parameterSchema().getFields()).hasSize(2);
            assertThat(prepared.parameterSchema().getFields().get(0).getType()).isEqualTo(new ArrowType.Int(64, true));
            number.allocateNew(1);
            number.set(0, 41);
            number.setValueCount(1);
            text.allocateNew(1);
            text.setSafe(0, "it's".getBytes(StandardCharsets.UTF_8));
            text.setValueCount(1);
            try (QueryExecution execution = prepared.execute(VectorSchemaRoot.of(number, text), fixture.allocator)) {
                assertThat(execution.next()).isTrue();
                assertThat(execution.batch().getVector(0).getObject(0)).isEqualTo(42L);
                assertThat(execution.batch().getVector(1).getObject(0)).hasToString("it's");
            }
            assertThatThrownBy(() -> prepared.execute(null, fixture.allocator)).hasMessageContaining("2 parameters");
        }
    }

    @Test
    void cancelEndsWaitingReader() throws Exception {
        try (PreparedQuery prepared = fixture.engine.prepare(
                        "SELECT count(*) FROM range(100000000000) WHERE hash(range) = 0", EngineFixture.context());
                QueryExecution execution = prepared.execute(null, fixture.allocator)) {
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(execution::next);
            await().until(() -> fixture.engine.readiness().problem().isEmpty());
            execution.cancel();
            assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
        }
        assertThat(fixture.query("SELECT 1")).hasSize(1);
        await().atMost(Duration.ofSeconds(20)).until(RefusalsAndFailuresTest::workerIsIdle);
    }

    @Test
    void statementThatRunsTooLongIsStopped(@TempDir Path own) throws Exception {
        try (EngineFixture impatient = EngineFixture.impatient(own, Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> impatient.query("SELECT count(*) FROM range(100000000000) WHERE hash(range) = 0"))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DEADLINE))
                    .hasMessageContaining("engine.statement-timeout");
        }
    }

    @Test
    void statementThatNeedsTooMuchMemoryIsRefused() {
        assertKind("SELECT length(string_agg(repeat('x', 1000000), '')) FROM range(100000)", ErrorKind.OVERLOADED);
        assertThat(fixture.query("SELECT 1")).hasSize(1);
    }

    @Test
    void closedStreamFreesItsPlace() {
        for (int i = 0; i < 5; i++) {
            try (PreparedQuery prepared = fixture.engine.prepare(ENDLESS, EngineFixture.context());
                    QueryExecution execution = prepared.execute(null, fixture.allocator)) {
                assertThat(execution.next()).isTrue();
            }
        }
    }

    @Test
    void moreStatementsThanAdmittedAreRefused() {
        List<AutoCloseable> open = new ArrayList<>();
        try (PreparedQuery prepared = fixture.engine.prepare(ENDLESS, EngineFixture.context());
                QueryExecution first = prepared.execute(null, fixture.allocator);
                QueryExecution second = prepared.execute(null, fixture.allocator)) {
            open.add(first);
            open.add(second);
            assertThatThrownBy(() -> prepared.execute(null, fixture.allocator))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED));
        }
        assertThat(open).hasSize(2);
        assertThat(fixture.query("SELECT 1")).hasSize(1);
    }

    @Test
    void deadWorkerFailsItsStatementsAndIsReplaced() {
        long pid = fixture.engine.workerPid().orElseThrow();
        try (PreparedQuery prepared = fixture.engine.prepare(ENDLESS, EngineFixture.context());
                QueryExecution execution = prepared.execute(null, fixture.allocator)) {
            assertThat(execution.next()).isTrue();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            assertThatThrownBy(() -> {
                        while (execution.next()) {
                            // Batches that were on their way may still arrive.
                        }
                    })
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> fixture.engine.workerPid().orElse(pid) != pid
                        && fixture.engine.readiness().problem().isEmpty());
        assertThat(fixture.query("SELECT 1")).hasSize(1);
    }

    /** Whether the worker used less than a tenth of a core during a moment. */
    private static boolean workerIsIdle() {
        Duration before = workerCpu();
        await().pollDelay(Duration.ofMillis(500)).until(() -> true);
        return workerCpu().minus(before).toMillis() < 50;
    }

    private static Duration workerCpu() {
        return ProcessHandle.of(fixture.engine.workerPid().orElseThrow())
                .orElseThrow()
                .info()
                .totalCpuDuration()
                .orElseThrow();
    }

    private static void assertKind(String sql, ErrorKind kind) {
        assertThatThrownBy(() -> fixture.query(sql))
                .isInstanceOfSatisfying(
                        TarnException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }
}
