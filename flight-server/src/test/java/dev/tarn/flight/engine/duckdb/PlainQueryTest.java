package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainQueryTest {
    private static final Schema ORDERS = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "region", Types.StringType.get()));

    @TempDir
    Path folder;

    private EngineFixture fixture;

    @BeforeEach
    void start() {
        fixture = new EngineFixture(folder);
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(fixture.allocator.getAllocatedMemory()).isZero();
        fixture.close();
    }

    @Test
    void constantIsAnswered() {
        assertThat(fixture.query("SELECT 1 AS one, 'x' AS text;")).containsExactly(List.of(1, "x"));
    }

    @Test
    void rowsOfTableAreRead() {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, rows(3));

        assertThat(fixture.query("SELECT o.id, region FROM shop.orders AS o ORDER BY id"))
                .containsExactly(List.of(0L, "r0"), List.of(1L, "r1"), List.of(2L, "r2"));
        assertThat(fixture.query("SELECT count(*) FROM lake.shop.orders WHERE orders.id >= 1"))
                .containsExactly(List.of(2L));
    }

    @Test
    void tableWithoutSnapshotHasNoRows() {
        fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);

        assertThat(fixture.query("SELECT * FROM orders")).isEmpty();
    }

    @Test
    void manyBatchesArriveWhole() {
        assertThat(fixture.query("SELECT sum(range)::BIGINT FROM range(1000000)"))
                .containsExactly(List.of(499999500000L));
        assertThat(fixture.query("SELECT range FROM range(200000)")).hasSize(200000);
    }

    private static List<Record> rows(int count) {
        List<Record> rows = new ArrayList<>();
        GenericRecord template = GenericRecord.create(ORDERS);
        for (long id = 0; id < count; id++) {
            rows.add(template.copy(Map.of("id", id, "region", "r" + id)));
        }
        return rows;
    }
}
