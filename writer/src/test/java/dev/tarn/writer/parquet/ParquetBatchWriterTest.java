package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.storage.LocalFileIO;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetBatchWriterTest {
    private static final ParquetFileOptions OPTIONS = new ParquetFileOptions(
            CompressionCodecName.ZSTD, 3, 128L << 20, 1 << 20, 20_000, 2 << 20, MetricsConfig.getDefault());

    @TempDir
    Path folder;

    @Test
    void randomRowsOfEveryTypeAreReadBackByIceberg() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomRowsOfEveryTypeAreReadBackByIceberg seed " + seed);
        List<Record> rows = randomRows(new Random(seed), 5_000);

        WrittenFile file = write("a.parquet", RandomRows.SCHEMA, rows, OPTIONS);

        assertThat(read(file.location(), RandomRows.SCHEMA)).as("seed %d", seed).isEqualTo(rows);
    }

    @Test
    void manySmallRowGroupsAndPagesHoldTheSameRows() throws Exception {
        long seed = System.nanoTime();
        System.out.println("manySmallRowGroupsAndPagesHoldTheSameRows seed " + seed);
        List<Record> rows = randomRows(new Random(seed), 10_000);
        ParquetFileOptions small = new ParquetFileOptions(
                CompressionCodecName.SNAPPY, 3, 200_000, 2_000, 100, 1_000, MetricsConfig.getDefault());

        WrittenFile file = write("a.parquet", RandomRows.SCHEMA, rows, small);

        assertThat(file.splitOffsets()).hasSizeGreaterThan(2);
        assertThat(read(file.location(), RandomRows.SCHEMA)).as("seed %d", seed).isEqualTo(rows);
    }

    @Test
    void metricsEqualThoseOfIcebergsOwnAppender() throws Exception {
        long seed = System.nanoTime();
        System.out.println("metricsEqualThoseOfIcebergsOwnAppender seed " + seed);
        List<Record> rows = randomRows(new Random(seed), 3_000);

        Metrics ours = write("a.parquet", RandomRows.SCHEMA, rows, OPTIONS).metrics();
        Metrics theirs = writeWithIceberg("b.parquet", RandomRows.SCHEMA, rows);

        assertThat(ours.recordCount()).isEqualTo(theirs.recordCount());
        assertThat(ours.valueCounts()).as("seed %d", seed).isEqualTo(theirs.valueCounts());
        assertThat(ours.nullValueCounts()).as("seed %d", seed).isEqualTo(theirs.nullValueCounts());
        assertThat(ours.nanValueCounts()).as("seed %d", seed).isEqualTo(theirs.nanValueCounts());
        assertThat(bounds(ours.lowerBounds())).as("seed %d", seed).isEqualTo(bounds(theirs.lowerBounds()));
        assertThat(bounds(ours.upperBounds())).as("seed %d", seed).isEqualTo(bounds(theirs.upperBounds()));
        assertThat(ours.columnSizes().keySet()).isEqualTo(theirs.columnSizes().keySet());
    }

    @Test
    void duckdbReadsTheSameSums() throws Exception {
        long seed = System.nanoTime();
        System.out.println("duckdbReadsTheSameSums seed " + seed);
        List<Record> rows = randomRows(new Random(seed), 5_000);
        WrittenFile file = write("a.parquet", RandomRows.SCHEMA, rows, OPTIONS);
        long expectedSum = 0;
        long expectedElements = 0;
        long expectedTexts = 0;
        for (Record row : rows) {
            expectedSum += (Integer) row.getField("i") == null ? 0 : (Integer) row.getField("i");
            List<?> list = (List<?>) row.getField("list");
            expectedElements += list == null ? 0 : list.size();
            expectedTexts += row.getField("s") == null ? 0 : 1;
        }

        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT count(*), sum(i)::BIGINT, sum(len(list))::BIGINT, count(s) FROM read_parquet('"
                                + LocalFileIO.toPath(file.location()) + "')")) {
            result.next();
            assertThat(result.getLong(1)).isEqualTo(5_000);
            assertThat(result.getLong(2)).as("seed %d", seed).isEqualTo(expectedSum);
            assertThat(result.getLong(3)).as("seed %d", seed).isEqualTo(expectedElements);
            assertThat(result.getLong(4)).as("seed %d", seed).isEqualTo(expectedTexts);
        }
    }

    private static List<Record> randomRows(Random random, int count) {
        List<Record> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(RandomRows.next(random));
        }
        return rows;
    }

    private WrittenFile write(String name, Schema schema, List<Record> rows, ParquetFileOptions options) {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer = ParquetBatchWriter.open(
                        new LocalFileIO().newOutputFile(LocalFileIO.toLocation(folder.resolve(name))),
                        schema,
                        options)) {
            RowTransposer transposer = new RowTransposer(schema, batch);
            for (int from = 0; from < rows.size(); from += 3_000) {
                transposer.begin();
                for (Record row : rows.subList(from, Math.min(from + 3_000, rows.size()))) {
                    transposer.add((column, position) -> row.getField(column));
                }
                transposer.end();
                writer.write(batch);
            }
            return writer.finish();
        }
    }

    private Metrics writeWithIceberg(String name, Schema schema, List<Record> rows) throws Exception {
        FileAppender<Record> appender = Parquet.write(
                        new LocalFileIO().newOutputFile(LocalFileIO.toLocation(folder.resolve(name))))
                .schema(schema)
                .createWriterFunc(GenericParquetWriter::create)
                .metricsConfig(MetricsConfig.getDefault())
                .build();
        try (appender) {
            rows.forEach(appender::add);
        }
        return appender.metrics();
    }

    private static List<Record> read(String location, Schema schema) throws Exception {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = Parquet.read(new LocalFileIO().newInputFile(location))
                .project(schema)
                .createReaderFunc(fileSchema -> GenericParquetReaders.buildReader(schema, fileSchema))
                .build()) {
            records.forEach(record -> rows.add(((GenericRecord) record).copy()));
        }
        return rows;
    }

    private static Map<Integer, String> bounds(Map<Integer, ByteBuffer> bounds) {
        Map<Integer, String> texts = new TreeMap<>();
        new HashMap<>(bounds).forEach((id, bound) -> {
            byte[] bytes = new byte[bound.remaining()];
            bound.duplicate().get(bytes);
            texts.put(id, HexFormat.of().formatHex(bytes));
        });
        return texts;
    }
}
