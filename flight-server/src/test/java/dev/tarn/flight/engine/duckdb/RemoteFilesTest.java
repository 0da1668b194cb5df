package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteFilesTest {
    private static final int ROWS = 150_000;
    private static final long SEED = 17;
    private static final Schema WIDE = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.required(2, "a", Types.LongType.get()),
            Types.NestedField.required(3, "b", Types.LongType.get()),
            Types.NestedField.required(4, "c", Types.LongType.get()),
            Types.NestedField.required(5, "d", Types.LongType.get()));

    @TempDir
    Path folder;

    @Test
    void onlyColumnsThatAreNamedAreFetched() throws Exception {
        try (EngineFixture fixture = EngineFixture.remote(folder, DataSize.ofMegabytes(64))) {
            Table table = fixture.createTable("wide", WIDE, PartitionSpec.unpartitioned(), 2);
            long fileBytes = append(table, SEED);
            long sum = sum(SEED, 2);

            assertThat(fixture.query("SELECT count(*) FROM wide")).containsExactly(List.of((long) ROWS));
            assertThat(fixture.engine.cachedBytes()).isLessThan(fileBytes / 4);
            assertThat(fixture.query("SELECT sum(w.b)::BIGINT FROM wide w")).containsExactly(List.of(sum));
            assertThat(fixture.engine.cachedBytes()).isLessThan(fileBytes / 2);
            assertThat(fixture.query("SELECT sum(w.c - w.c + B)::BIGINT FROM wide w WHERE id >= 0"))
                    .containsExactly(List.of(sum));
            assertThat(fixture.engine.cachedBytes()).isLessThan(fileBytes);
            assertThat(fixture.query("SELECT w.b FROM (SELECT * FROM wide) w")).hasSize(ROWS);
            assertThat(fixture.query("SELECT w FROM wide w LIMIT 1")).hasSize(1);
            assertThat(fixture.engine.cachedBytes()).isEqualTo(fileBytes);
        }
    }

    @Test
    void filesInUseNeverMakeRoomAndOthersDo() throws Exception {
        try (EngineFixture fixture = EngineFixture.remote(folder, DataSize.ofMegabytes(5))) {
            Table table = fixture.createTable("wide", WIDE, PartitionSpec.unpartitioned(), 2);
            Table other = fixture.createTable("other", WIDE, PartitionSpec.unpartitioned(), 2);
            append(table, SEED);
            append(other, SEED + 1);

            assertThat(fixture.query("SELECT count(a + b + c + d) FROM wide")).containsExactly(List.of((long) ROWS));
            assertThat(fixture.query("SELECT count(a + b + c + d) FROM other")).containsExactly(List.of((long) ROWS));
            assertThat(fixture.engine.cachedBytes())
                    .isLessThanOrEqualTo(DataSize.ofMegabytes(5).bytes());
            assertThatThrownBy(() -> fixture.query("SELECT count(*) FROM (FROM wide UNION ALL FROM other)"))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OVERLOADED))
                    .hasMessageContaining("engine.scan-cache-size");
            assertThat(fixture.query("SELECT sum(b)::BIGINT FROM wide")).containsExactly(List.of(sum(SEED, 2)));
        }
    }

    @Test
    void missingDataFileIsNamed() throws Exception {
        try (EngineFixture fixture = EngineFixture.remote(folder, DataSize.ofMegabytes(64))) {
            Table table = fixture.createTable("wide", WIDE, PartitionSpec.unpartitioned(), 2);
            DataFile file = EngineFixture.append(table, rows(SEED, 10)).get(0);
            table.io().deleteFile(file.location());

            assertThatThrownBy(() -> fixture.query("SELECT * FROM wide"))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                    .hasMessageContaining(file.location());
        }
    }

    private static long append(Table table, long seed) {
        return EngineFixture.append(table, rows(seed, ROWS)).get(0).fileSizeInBytes();
    }

    private static long sum(long seed, int column) {
        return rows(seed, ROWS).stream()
                .mapToLong(row -> (Long) row.get(column))
                .sum();
    }

    private static List<Record> rows(long seed, int count) {
        Random random = new Random(seed);
        GenericRecord template = GenericRecord.create(WIDE);
        List<Record> rows = new ArrayList<>();
        for (long id = 0; id < count; id++) {
            rows.add(template.copy(
                    Map.of("id", id, "a", next(random), "b", next(random), "c", next(random), "d", next(random))));
        }
        return rows;
    }

    private static long next(Random random) {
        return random.nextLong() >>> 30;
    }
}
