package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.TarnException;
import dev.tarn.writer.parquet.ColumnOptions.BloomFilterSizing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BloomFilterTest {
    private static final Schema SCHEMA = new Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "name", Types.StringType.get()),
            Types.NestedField.optional(3, "other", Types.StringType.get()));

    private static final Map<String, String> ENABLED = Map.of(
            "write.parquet.bloom-filter-enabled.column.id", "true",
            "write.parquet.bloom-filter-enabled.column.name", "true",
            "write.parquet.bloom-filter-ndv.column.id", "5000");

    @TempDir
    Path folder;

    @Test
    void everyWrittenValueIsFoundAndFewOthers() throws IOException {
        for (BloomFilterSizing sizing : BloomFilterSizing.values()) {
            FileFixture files = new FileFixture(folder);
            files.write(
                    sizing.name(),
                    SCHEMA,
                    rows(),
                    FileFixture.SMALL.withColumns(new ColumnOptions(ENABLED, 64 << 10, sizing)));

            try (ParquetFileReader reader = files.reader(sizing.name())) {
                List<ColumnChunkMetaData> chunks = reader.getRowGroups().get(0).getColumns();
                BloomFilter ids = reader.readBloomFilter(chunks.get(0));
                BloomFilter names = reader.readBloomFilter(chunks.get(1));
                long rows = reader.getRowGroups().get(0).getRowCount();
                int wrong = 0;
                for (long i = 0; i < rows; i++) {
                    assertThat(ids.findHash(ids.hash(i * 7))).isTrue();
                    assertThat(names.findHash(names.hash(Binary.fromString("name-" + i % 100))))
                            .isTrue();
                    wrong += ids.findHash(ids.hash(i * 7 + 1)) ? 1 : 0;
                }
                assertThat(wrong).isLessThan((int) rows / 20);
                assertThat(reader.readBloomFilter(chunks.get(2))).isNull();
            }
        }
    }

    @Test
    void settingsOfColumnsThatCannotBeUsedAreNamed() {
        ColumnOptions share = new ColumnOptions(
                Map.of(
                        "write.parquet.bloom-filter-enabled.column.id", "true",
                        "write.parquet.bloom-filter-fpp.column.id", "2"),
                1_024,
                BloomFilterSizing.LARGEST);

        assertThatThrownBy(() -> new FileFixture(folder).open("x", SCHEMA, FileFixture.OPTIONS.withColumns(share)))
                .isInstanceOf(TarnException.class)
                .hasMessage(
                        "Table property write.parquet.bloom-filter-fpp.column.id must be a number between 0 and 1 but"
                                + " is '2'");
    }

    @Test
    void aColumnCanBeKeptFromHavingADictionary() throws IOException {
        FileFixture files = new FileFixture(folder);
        ColumnOptions without = new ColumnOptions(
                Map.of("write.parquet.dict-encoding-enabled.column.name", "false"), 1_024, BloomFilterSizing.LARGEST);
        files.write("a", SCHEMA, rows(), FileFixture.OPTIONS.withColumns(without));

        try (ParquetFileReader reader = files.reader("a")) {
            assertThat(reader.getRowGroups().get(0).getColumns().get(1).hasDictionaryPage())
                    .isFalse();
            assertThat(reader.getRowGroups().get(0).getColumns().get(2).hasDictionaryPage())
                    .isTrue();
        }
    }

    private static List<Record> rows() {
        List<Record> rows = new ArrayList<>();
        for (long i = 0; i < 5_000; i++) {
            Record row = GenericRecord.create(SCHEMA);
            row.setField("id", i * 7);
            row.setField("name", "name-" + i % 100);
            row.setField("other", "other-" + i % 100);
            rows.add(row);
        }
        return rows;
    }
}
