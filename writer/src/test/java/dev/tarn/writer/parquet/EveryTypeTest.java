package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.storage.LocalFileIO;
import dev.tarn.testkit.rows.CanonicalRows;
import dev.tarn.testkit.rows.RandomRecords;
import dev.tarn.testkit.rows.RandomTables;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** Random schemas over every type of format version 3, nested at random. */
class EveryTypeTest {
    private static final ParquetFileOptions OPTIONS = new ParquetFileOptions(
            CompressionCodecName.ZSTD, 3, 128L << 20, 1 << 20, 20_000, 2 << 20, MetricsConfig.getDefault());

    @TempDir
    Path folder;

    @RepeatedTest(10)
    void everyTypeInEveryNestingIsReadBackByIceberg() throws Exception {
        long seed = System.nanoTime();
        System.out.println("everyTypeInEveryNestingIsReadBackByIceberg seed " + seed);
        Random random = new Random(seed);
        Schema schema = RandomTables.schema(random, RandomTables.V3_LEAVES, 6);
        List<Record> rows = new RandomRecords(random).list(schema, 0, 300);

        String location = write(schema, rows);

        assertThat(CanonicalRows.of(schema.asStruct(), read(location, schema)))
                .as("seed %d schema %s", seed, schema)
                .isEqualTo(CanonicalRows.of(schema.asStruct(), rows));
    }

    private String write(Schema schema, List<Record> rows) {
        String location = LocalFileIO.toLocation(folder.resolve("a.parquet"));
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer =
                        ParquetBatchWriter.open(new LocalFileIO().newOutputFile(location), schema, OPTIONS)) {
            RowTransposer transposer = new RowTransposer(schema, batch);
            transposer.begin();
            rows.forEach(row -> transposer.add((column, position) -> row.getField(column)));
            transposer.end();
            writer.write(batch);
            writer.finish();
        }
        return location;
    }

    private static List<Record> read(String location, Schema schema) throws Exception {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = Parquet.read(new LocalFileIO().newInputFile(location))
                .project(schema)
                .createReaderFunc(fileSchema -> GenericParquetReaders.buildReader(schema, fileSchema))
                .build()) {
            records.forEach(record -> rows.add(record.copy()));
        }
        return rows;
    }
}
