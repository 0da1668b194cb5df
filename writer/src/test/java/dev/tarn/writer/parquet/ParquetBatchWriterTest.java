package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.arrow.ArrowSchemas;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetBatchWriterTest {
    private static final ParquetFileOptions OPTIONS = FileFixture.OPTIONS;

    @TempDir
    Path folder;

    private FileFixture files;

    @BeforeEach
    void open() {
        files = new FileFixture(folder);
    }

    @Test
    void randomRowsOfEveryTypeAreReadBackByIceberg() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomRowsOfEveryTypeAreReadBackByIceberg seed " + seed);
        List<Record> rows = FileFixture.rows(new Random(seed), RandomRows.SCHEMA, 5_000);

        files.write("a", RandomRows.SCHEMA, rows, OPTIONS);

        assertThat(files.read("a", RandomRows.SCHEMA)).as("seed %d", seed).isEqualTo(rows);
    }

    @Test
    void randomSchemasAndRowsAreReadBackByIcebergAndDuckDb() throws Exception {
        for (int round = 0; round < 25; round++) {
            long seed = System.nanoTime();
            System.out.println("randomSchemasAndRowsAreReadBackByIcebergAndDuckDb seed " + seed);
            Random random = new Random(seed);
            Schema schema = RandomRows.schema(random);
            List<Record> rows = FileFixture.rows(random, schema, random.nextInt(1_500));
            String what = "seed " + seed + ", " + schema;
            ParquetFileOptions options = round % 5 == 0
                    ? FileFixture.SMALL.withEncodings(ParquetEncodings.COMPATIBLE)
                    : round % 2 == 0 ? FileFixture.SMALL : OPTIONS;

            WrittenFile file = files.write("ours" + round, schema, rows, options);
            Metrics theirs = files.writeWithIceberg("theirs" + round, schema, rows, MetricsConfig.getDefault());

            assertThat(files.read("ours" + round, schema)).as(what).isEqualTo(rows);
            assertSameMetrics(file.metrics(), theirs, what);
            assertThat(rowsThatDiffer("ours" + round, "theirs" + round))
                    .as(what)
                    .isZero();
        }
    }

    @Test
    void manySmallRowGroupsAndPagesHoldTheSameRowsWithEveryCodec() throws Exception {
        long seed = System.nanoTime();
        System.out.println("manySmallRowGroupsAndPagesHoldTheSameRowsWithEveryCodec seed " + seed);
        List<Record> rows = FileFixture.rows(new Random(seed), RandomRows.SCHEMA, 4_000);
        for (CompressionCodecName codec : List.of(
                CompressionCodecName.ZSTD,
                CompressionCodecName.SNAPPY,
                CompressionCodecName.GZIP,
                CompressionCodecName.UNCOMPRESSED)) {
            for (ParquetEncodings encodings : ParquetEncodings.values()) {
                ParquetFileOptions small = new ParquetFileOptions(
                                codec, 3, 150_000, 2_000, 100, 1_000, MetricsConfig.getDefault())
                        .withEncodings(encodings);
                String name = codec + "-" + encodings;

                WrittenFile file = files.write(name, RandomRows.SCHEMA, rows, small);

                assertThat(file.splitOffsets()).as(name).hasSizeGreaterThan(2);
                assertThat(files.read(name, RandomRows.SCHEMA))
                        .as("seed %d, %s", seed, name)
                        .isEqualTo(rows);
                assertThat(file.bytes()).isEqualTo(Files.size(files.path(name)));
            }
        }
    }

    @Test
    void metricsEqualThoseOfIcebergsOwnAppenderInEveryMode() throws Exception {
        long seed = System.nanoTime();
        System.out.println("metricsEqualThoseOfIcebergsOwnAppenderInEveryMode seed " + seed);
        List<Record> rows = FileFixture.rows(new Random(seed), RandomRows.SCHEMA, 1_500);
        for (String mode : List.of("none", "counts", "truncate(3)", "truncate(16)", "full")) {
            MetricsConfig config = MetricsConfig.from(
                    Map.of("write.metadata.metrics.default", mode), RandomRows.SCHEMA, SortOrder.unsorted());
            ParquetFileOptions options =
                    new ParquetFileOptions(CompressionCodecName.ZSTD, 3, 128L << 20, 1 << 20, 700, 2 << 20, config);

            Metrics ours = files.write("ours-" + mode, RandomRows.SCHEMA, rows, options)
                    .metrics();
            Metrics theirs = files.writeWithIceberg("theirs-" + mode, RandomRows.SCHEMA, rows, config);

            assertSameMetrics(ours, theirs, "seed " + seed + ", mode " + mode);
        }
    }

    @Test
    void aFileWithoutRowsIsReadable() throws Exception {
        WrittenFile file = files.write("empty", RandomRows.SCHEMA, List.of(), OPTIONS);

        assertThat(files.read("empty", RandomRows.SCHEMA)).isEmpty();
        assertThat(file.metrics().recordCount()).isZero();
    }

    @Test
    void memoryIsFreedWithTheRowGroup() throws Exception {
        List<Record> rows = FileFixture.rows(new Random(7), RandomRows.SCHEMA, 3_000);
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(RandomRows.SCHEMA), allocator);
                ParquetBatchWriter writer = files.open("a", RandomRows.SCHEMA, OPTIONS)) {
            FileFixture.fill(RandomRows.SCHEMA, batch, rows);
            writer.write(batch);
            assertThat(writer.bufferedBytes()).isGreaterThan(300_000);
            assertThat(writer.estimatedBytes()).isBetween(100_000L, 1_000_000L);

            writer.flushRowGroup();

            assertThat(writer.bufferedBytes()).isLessThan(1_000);
            assertThat(writer.finish().bytes()).isBetween(100_000L, 1_000_000L);
        }
    }

    @Test
    void geometryIsWrittenAsItsBytes() throws Exception {
        byte[] point = HexFormat.of().parseHex("0101000000000000000000f03f0000000000000040");
        Schema schema = new Schema(Types.NestedField.optional(1, "shape", Types.GeometryType.crs84()));
        try (BufferAllocator allocator = new RootAllocator();
                VarBinaryVector shapes = new VarBinaryVector("shape", allocator);
                VectorSchemaRoot batch = VectorSchemaRoot.of(shapes);
                ParquetBatchWriter writer = files.open("geo", schema, OPTIONS)) {
            shapes.setSafe(0, point);
            shapes.setNull(1);
            batch.setRowCount(2);
            writer.write(batch);
            assertThat(writer.finish().metrics().nullValueCounts()).containsEntry(1, 1L);
        }
        try (ParquetFileReader reader = files.reader("geo")) {
            ColumnReader values = new ColumnReadStoreImpl(
                            reader.readNextRowGroup(),
                            new GroupRecordConverter(reader.getFileMetaData().getSchema()).getRootConverter(),
                            reader.getFileMetaData().getSchema(),
                            reader.getFileMetaData().getCreatedBy())
                    .getColumnReader(
                            reader.getFileMetaData().getSchema().getColumns().get(0));
            assertThat(values.getBinary().getBytes()).isEqualTo(point);
            assertThat(reader.getFileMetaData()
                            .getSchema()
                            .getType(0)
                            .getLogicalTypeAnnotation()
                            .toString())
                    .startsWith("GEOMETRY");
        }
    }

    private static void assertSameMetrics(Metrics ours, Metrics theirs, String what) {
        assertThat(ours.recordCount()).as(what).isEqualTo(theirs.recordCount());
        assertThat(ours.valueCounts()).as(what).isEqualTo(theirs.valueCounts());
        assertThat(ours.nullValueCounts()).as(what).isEqualTo(theirs.nullValueCounts());
        assertThat(ours.nanValueCounts()).as(what).isEqualTo(theirs.nanValueCounts());
        assertThat(bounds(ours.lowerBounds())).as(what).isEqualTo(bounds(theirs.lowerBounds()));
        assertThat(bounds(ours.upperBounds())).as(what).isEqualTo(bounds(theirs.upperBounds()));
        assertThat(ours.columnSizes().keySet())
                .as(what)
                .isEqualTo(theirs.columnSizes().keySet());
    }

    private long rowsThatDiffer(String ours, String theirs) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT (SELECT count(*) FROM (FROM read_parquet('%1$s') EXCEPT ALL FROM read_parquet('%2$s')))
                             + (SELECT count(*) FROM (FROM read_parquet('%2$s') EXCEPT ALL FROM read_parquet('%1$s')))""".formatted(files.path(ours), files.path(theirs)))) {
            result.next();
            return result.getLong(1);
        }
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
