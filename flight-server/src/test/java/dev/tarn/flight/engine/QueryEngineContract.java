package dev.tarn.flight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the protocol relies on, whichever engine is behind it. */
public abstract class QueryEngineContract {
    private static final QueryContext CONTEXT = new QueryContext(Caller.ANONYMOUS, Optional.empty(), Map.of());

    /** Describes and receives results; closed after each test, so that a leak fails it. */
    protected final RootAllocator allocator = new RootAllocator();

    /** The engine under test; closed by the subclass before {@link #allocator}. */
    protected abstract QueryEngine engine();

    @AfterEach
    void nothingLeaks() {
        engine().close();
        allocator.close();
    }

    @Test
    void everyRowIsDeliveredInBatchesOfThePromisedSchema() {
        try (PreparedQuery query = engine().prepare("SELECT range AS n FROM range(100000)", CONTEXT)) {
            assertThat(query.resultSchema().getFields())
                    .extracting(Field::getName)
                    .containsExactly("n");
            assertThat(query.parameterSchema().getFields()).isEmpty();
            assertThat(query.isUpdate()).isFalse();
            assertThat(sum(query, null)).isEqualTo(99_999L * 100_000 / 2);
        }
    }

    @Test
    void preparedQueryRunsAgainAndAgain() {
        try (PreparedQuery query = engine().prepare("SELECT range AS n FROM range(10)", CONTEXT)) {
            assertThat(sum(query, null)).isEqualTo(45);
            assertThat(sum(query, null)).isEqualTo(45);
        }
    }

    @Test
    void parametersAreDescribedAndBound() {
        String sql = "SELECT range AS n FROM range(100) WHERE range < ?::INTEGER";
        try (PreparedQuery query = engine().prepare(sql, CONTEXT);
                VectorSchemaRoot values = VectorSchemaRoot.create(query.parameterSchema(), allocator)) {
            assertThat(values.getFieldVectors()).singleElement().isInstanceOf(IntVector.class);
            ((IntVector) values.getVector(0)).setSafe(0, 10);
            values.setRowCount(1);
            assertThat(sum(query, values)).isEqualTo(45);
        }
    }

    @Test
    void missingParametersAreInvalid() {
        try (PreparedQuery query = engine().prepare("SELECT ?::INTEGER AS n", CONTEXT)) {
            assertFails(() -> query.execute(null, allocator).close(), ErrorKind.INVALID);
        }
    }

    @Test
    void badSqlIsInvalidAndAnUnknownTableIsNotFound() {
        assertFails(() -> engine().prepare("SELEC 1", CONTEXT), ErrorKind.INVALID);
        assertFails(() -> engine().prepare("SELECT * FROM absent_schema.absent", CONTEXT), ErrorKind.NOT_FOUND);
    }

    @Test
    void cancelEndsTheRunWithCancelled() {
        try (PreparedQuery query = engine().prepare("SELECT range AS n FROM range(100000000)", CONTEXT);
                QueryExecution run = query.execute(null, allocator)) {
            assertThat(run.next()).isTrue();
            run.cancel();
            assertFails(() -> drain(run), ErrorKind.CANCELLED);
        }
    }

    private static void drain(QueryExecution run) {
        while (run.next()) {
            assertThat(run.batch().getRowCount()).isPositive();
        }
    }

    private long sum(PreparedQuery query, VectorSchemaRoot values) {
        long sum = 0;
        try (QueryExecution run = query.execute(values, allocator)) {
            while (run.next()) {
                assertThat(run.batch().getSchema().getFields())
                        .extracting(Field::getType)
                        .isEqualTo(query.resultSchema().getFields().stream()
                                .map(Field::getType)
                                .toList());
                BigIntVector column = (BigIntVector) run.batch().getVector(0);
                for (int i = 0; i < column.getValueCount(); i++) {
                    sum += column.get(i);
                }
            }
        }
        return sum;
    }

    private static void assertFails(Runnable call, ErrorKind kind) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageMatching("(?s).+");
    }
}
