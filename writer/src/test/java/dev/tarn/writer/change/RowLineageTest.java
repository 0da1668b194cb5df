package dev.tarn.writer.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.ingest.Ingest;
import dev.tarn.writer.ingest.IngestOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowLineageTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "v", Types.StringType.get()));

    private record Lineage(Long rowId, Long lastUpdated) {}

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;

    @BeforeEach
    void fillTable() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", SCHEMA, PartitionSpec.unpartitioned(), 3);
        Ingest.into(table, IngestOptions.defaults())
                .appendMaps(List.of(row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d")));
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void rowsThatStayKeepTheirIdAndLastUpdateWhenTheirFileIsWrittenAgain() throws Exception {
        Map<Long, Lineage> before = lineage();

        Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.COPY_ON_WRITE))
                .upsertMaps(List.of(row(2, "B")), List.of("id"));
        Ingest.into(table, IngestOptions.defaults().withRowDeletes(RowDeletes.COPY_ON_WRITE))
                .deleteWhere(Expressions.equal("id", 3L));

        Map<Long, Lineage> after = lineage();
        assertThat(after).containsOnlyKeys(1L, 2L, 4L);
        assertThat(after.get(1L)).isEqualTo(before.get(1L)).isEqualTo(new Lineage(0L, 1L));
        assertThat(after.get(4L)).isEqualTo(before.get(4L)).isEqualTo(new Lineage(3L, 1L));
        assertThat(after.get(2L).rowId()).isGreaterThan(3L);
        assertThat(after.get(2L).lastUpdated()).isEqualTo(2L);
        assertThat(table.newScan().planFiles()).allMatch(task -> task.deletes().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(RowDeletes.class)
    void everyRowIdIsGivenOnce(RowDeletes way) throws Exception {
        IngestOptions options = IngestOptions.defaults().withRowDeletes(way);

        Ingest.into(table, options).upsertMaps(List.of(row(2, "x"), row(5, "e"), row(2, "B")), List.of("id"));
        Ingest.into(table, options).upsertMaps(List.of(row(5, "E"), row(6, "f")), List.of("id"));

        Map<Long, Lineage> after = lineage();
        assertThat(after).containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(after.values())
                .extracting(Lineage::rowId)
                .doesNotHaveDuplicates()
                .doesNotContainNull();
        assertThat(after.get(1L)).isEqualTo(new Lineage(0L, 1L));
        long nextRowId = ((HasTableOperations) table).operations().current().nextRowId();
        assertThat(after.values()).allMatch(lineage -> lineage.rowId() < nextRowId);
        assertThat(table.newScan().planFiles()).allMatch(task -> task.file().firstRowId() != null);
    }

    private Map<Long, Lineage> lineage() throws IOException {
        table.refresh();
        Map<Long, Lineage> rows = new TreeMap<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table)
                .project(MetadataColumns.schemaWithRowLineage(table.schema()))
                .build()) {
            for (Record record : records) {
                Lineage lineage = new Lineage((Long) record.getField(MetadataColumns.ROW_ID.name()), (Long)
                        record.getField(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER.name()));
                assertThat(rows.put((Long) record.getField("id"), lineage)).isNull();
            }
        }
        return rows;
    }

    private static Map<String, Object> row(long id, String v) {
        return Map.of("id", id, "v", v);
    }
}
