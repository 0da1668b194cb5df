package dev.tarn.writer.parquet;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.data.Record;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.internal.column.columnindex.ColumnIndex;
import org.apache.parquet.internal.column.columnindex.ColumnIndexBuilder;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageIndexTest {
    /** parquet-java's default length of bounds in the column index. */
    private static final int TRUNCATED_LENGTH = 64;

    @TempDir
    Path folder;

    @Test
    void pageIndexAndStatisticsAreWhatParquetJavaComputesFromTheValues() throws IOException {
        long seed = System.nanoTime();
        System.out.println("pageIndexAndStatisticsAreWhatParquetJavaComputesFromTheValues seed " + seed);
        FileFixture files = new FileFixture(folder);
        List<Record> rows = FileFixture.rows(new Random(seed), RandomRows.SCHEMA, 4_000);
        for (ParquetEncodings encodings : ParquetEncodings.values()) {
            files.write(encodings.name(), RandomRows.SCHEMA, rows, FileFixture.SMALL.withEncodings(encodings));

            int pages = check(files, encodings.name(), "seed " + seed + ", " + encodings);

            assertThat(pages).isGreaterThan(500);
        }
    }

    private static int check(FileFixture files, String name, String seed) throws IOException {
        int pages = 0;
        try (ParquetFileReader reader = files.reader(name)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            for (int group = 0; group < reader.getRowGroups().size(); group++) {
                BlockMetaData block = reader.getRowGroups().get(group);
                PageReadStore store = reader.readRowGroup(group);
                ColumnReadStoreImpl columns = new ColumnReadStoreImpl(
                        store,
                        new GroupRecordConverter(schema).getRootConverter(),
                        schema,
                        reader.getFileMetaData().getCreatedBy());
                for (int i = 0; i < schema.getColumns().size(); i++) {
                    ColumnChunkMetaData chunk = block.getColumns().get(i);
                    ColumnDescriptor column = schema.getColumns().get(i);
                    OffsetIndex offsets = reader.readOffsetIndex(chunk);
                    ColumnReader values = columns.getColumnReader(column);
                    pages += offsets.getPageCount();
                    check(reader.readColumnIndex(chunk), offsets, chunk, values, seed + ", " + chunk.getPath());
                }
            }
        }
        return pages;
    }

    private static void check(
            ColumnIndex found, OffsetIndex offsets, ColumnChunkMetaData chunk, ColumnReader values, String what) {
        ColumnDescriptor column = values.getDescriptor();
        ColumnIndexBuilder expected = ColumnIndexBuilder.getBuilder(column.getPrimitiveType(), TRUNCATED_LENGTH);
        List<Statistics<?>> pages = new ArrayList<>();
        List<SizeStatistics.Builder> sizes = new ArrayList<>();
        for (int page = 0; page < offsets.getPageCount(); page++) {
            pages.add(Statistics.createStats(column.getPrimitiveType()));
            sizes.add(SizeStatistics.newBuilder(
                    column.getPrimitiveType(), column.getMaxRepetitionLevel(), column.getMaxDefinitionLevel()));
        }
        Statistics<?> all = Statistics.createStats(column.getPrimitiveType());
        long row = -1;
        int page = -1;
        for (long i = 0; i < chunk.getValueCount(); i++) {
            row += values.getCurrentRepetitionLevel() == 0 ? 1 : 0;
            if (page + 1 < offsets.getPageCount() && offsets.getFirstRowIndex(page + 1) == row) {
                page++;
            }
            update(pages.get(page), values);
            update(all, values);
            sizes.get(page).add(values.getCurrentRepetitionLevel(), values.getCurrentDefinitionLevel());
            values.consume();
        }
        for (int i = 0; i < pages.size(); i++) {
            expected.add(pages.get(i), sizes.get(i).build());
        }
        ColumnIndex index = expected.build();
        assertThat(chunk.getStatistics()).as(what).isEqualTo(all);
        if (index == null) {
            // parquet-java leaves out the index of a column with a page of nothing but NaNs.
            assertThat(found).as(what).isNull();
            assertThat(column.getPrimitiveType().getPrimitiveTypeName())
                    .as(what)
                    .isIn(FLOAT, DOUBLE);
            return;
        }

        assertThat(found.getMinValues()).as(what).isEqualTo(index.getMinValues());
        assertThat(found.getMaxValues()).as(what).isEqualTo(index.getMaxValues());
        assertThat(found.getNullCounts()).as(what).isEqualTo(index.getNullCounts());
        assertThat(found.getNullPages()).as(what).isEqualTo(index.getNullPages());
        assertThat(found.getNanCounts()).as(what).isEqualTo(index.getNanCounts());
        assertThat(found.getBoundaryOrder()).as(what).isEqualTo(index.getBoundaryOrder());
        assertThat(found.getRepetitionLevelHistogram()).as(what).isEqualTo(index.getRepetitionLevelHistogram());
        assertThat(found.getDefinitionLevelHistogram()).as(what).isEqualTo(index.getDefinitionLevelHistogram());
    }

    private static void update(Statistics<?> statistics, ColumnReader values) {
        if (values.getCurrentDefinitionLevel() < values.getDescriptor().getMaxDefinitionLevel()) {
            statistics.incrementNumNulls();
            return;
        }
        switch (values.getDescriptor().getPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> statistics.updateStats(values.getBoolean());
            case INT32 -> statistics.updateStats(values.getInteger());
            case INT64 -> statistics.updateStats(values.getLong());
            case FLOAT -> statistics.updateStats(values.getFloat());
            case DOUBLE -> statistics.updateStats(values.getDouble());
            default -> statistics.updateStats(values.getBinary());
        }
    }
}
