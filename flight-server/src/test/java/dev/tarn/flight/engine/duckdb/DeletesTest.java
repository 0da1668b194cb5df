package dev.tarn.flight.engine.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.BaseDVFileWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.encryption.EncryptedFiles;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletesTest {
    private static final Schema ORDERS = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "region", Types.StringType.get()));
    private static final GenericRecord ORDER = GenericRecord.create(ORDERS);

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
    void positionDeletesHideTheirRowsOnly() throws IOException {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);
        DataFile first = EngineFixture.append(table, rows(0, 5000)).get(0);
        EngineFixture.append(table, rows(5000, 100));
        table.newRowDelta()
                .addDeletes(positionDeletes(table, first, 0, 7, 4999))
                .commit();

        assertSameAsIceberg(table, 5097);
        assertThat(fixture.query("SELECT id FROM orders WHERE id IN (0, 6, 7, 8, 4999, 5000) ORDER BY id"))
                .containsExactly(List.of(6L), List.of(8L), List.of(5000L));
        assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly(List.of(5097L));
    }

    @Test
    void deletionVectorsHideTheirRowsOnly() throws IOException {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 3);
        DataFile first = EngineFixture.append(table, rows(0, 10)).get(0);
        DataFile second = EngineFixture.append(table, rows(10, 10)).get(0);
        var factory = OutputFileFactory.builderFor(table, 1, 1)
                .format(FileFormat.PUFFIN)
                .build();
        try (BaseDVFileWriter writer = new BaseDVFileWriter(factory, path -> null)) {
            writer.delete(first.location(), 3, table.spec(), null);
            writer.delete(second.location(), 0, table.spec(), null);
            writer.close();
            var delta = table.newRowDelta();
            writer.result().deleteFiles().forEach(delta::addDeletes);
            delta.commit();
        }

        assertSameAsIceberg(table, 18);
        assertThat(fixture.query("SELECT id FROM orders WHERE id IN (3, 10, 0, 13) ORDER BY id"))
                .containsExactly(List.of(0L), List.of(13L));
    }

    @Test
    void equalityDeletesHideOlderRowsWithEqualValuesNullIncluded() throws IOException {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, List.of(order(1L, "north"), order(2L, null), order(3L, "south")));
        table.newRowDelta()
                .addDeletes(equalityDeletes(table, List.of(2), order(0L, "north"), order(0L, null)))
                .commit();
        EngineFixture.append(table, List.of(order(4L, "north")));

        assertSameAsIceberg(table, 2);
        assertThat(fixture.query("SELECT id FROM orders ORDER BY id")).containsExactly(List.of(3L), List.of(4L));
    }

    @Test
    void deletesOfAllKindsWorkTogether() throws IOException {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);
        DataFile first = EngineFixture.append(table, rows(0, 20)).get(0);
        EngineFixture.append(table, rows(20, 20));
        table.newRowDelta()
                .addDeletes(positionDeletes(table, first, 1, 2))
                .addDeletes(equalityDeletes(table, List.of(1), order(3L, "?"), order(25L, "?")))
                .addDeletes(equalityDeletes(table, List.of(1, 2), order(4L, "r4"), order(5L, "other")))
                .commit();
        EngineFixture.append(table, rows(3, 1));

        assertSameAsIceberg(table, 36);
    }

    @Test
    void equalityDeletesOnDroppedColumnStillHold() throws IOException {
        Table table = fixture.createTable("orders", ORDERS, PartitionSpec.unpartitioned(), 2);
        EngineFixture.append(table, List.of(order(1L, "north"), order(2L, "south")));
        table.newRowDelta()
                .addDeletes(equalityDeletes(table, List.of(2), order(0L, "north")))
                .commit();
        table.updateSchema().deleteColumn("region").commit();

        assertThat(fixture.query("SELECT * FROM orders")).containsExactly(List.of(2L));
    }

    private void assertSameAsIceberg(Table table, int expectedRows) throws IOException {
        List<List<Object>> expected = new ArrayList<>();
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table).build()) {
            rows.forEach(row -> {
                List<Object> values = new ArrayList<>();
                values.add(row.get(0));
                values.add(row.get(1));
                expected.add(values);
            });
        }
        assertThat(expected).hasSize(expectedRows);
        assertThat(fixture.query("SELECT * FROM orders")).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static DeleteFile positionDeletes(Table table, DataFile file, long... positions) throws IOException {
        PositionDeleteWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .build()
                .newPositionDeleteWriter(newFile(table), table.spec(), null);
        try (writer) {
            for (long position : positions) {
                writer.write(PositionDelete.<Record>create().set(file.location(), position));
            }
        }
        return writer.toDeleteFile();
    }

    private static DeleteFile equalityDeletes(Table table, List<Integer> fieldIds, Record... rows) throws IOException {
        Schema schema =
                ORDERS.select(fieldIds.stream().map(ORDERS::findColumnName).toList());
        EqualityDeleteWriter<Record> writer = new GenericFileWriterFactory.Builder(table)
                .deleteFileFormat(FileFormat.PARQUET)
                .equalityDeleteRowSchema(schema)
                .equalityFieldIds(fieldIds.stream().mapToInt(Integer::intValue).toArray())
                .build()
                .newEqualityDeleteWriter(newFile(table), table.spec(), null);
        try (writer) {
            for (Record row : rows) {
                GenericRecord narrow = GenericRecord.create(schema);
                schema.columns().forEach(field -> narrow.setField(field.name(), row.getField(field.name())));
                writer.write(narrow);
            }
        }
        return writer.toDeleteFile();
    }

    private static EncryptedOutputFile newFile(Table table) {
        return EncryptedFiles.plainAsEncryptedOutput(
                table.io().newOutputFile(table.location() + "/data/" + UUID.randomUUID() + ".parquet"));
    }

    private static List<Record> rows(long first, int count) {
        List<Record> rows = new ArrayList<>();
        for (long id = first; id < first + count; id++) {
            rows.add(order(id, "r" + id));
        }
        return rows;
    }

    private static Record order(long id, String region) {
        GenericRecord row = ORDER.copy(Map.of("id", id));
        row.setField("region", region);
        return row;
    }
}
