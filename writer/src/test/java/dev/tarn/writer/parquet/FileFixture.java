package dev.tarn.writer.parquet;

import dev.tarn.storage.LocalFileIO;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;

/** Files of one folder, written by us and by Iceberg and read back. */
final class FileFixture {
    static final ParquetFileOptions OPTIONS = new ParquetFileOptions(
            CompressionCodecName.ZSTD, 3, 128L << 20, 1 << 20, 20_000, 2 << 20, MetricsConfig.getDefault());

    /** Many row groups and pages for few rows. */
    static final ParquetFileOptions SMALL = new ParquetFileOptions(
            CompressionCodecName.ZSTD, 3, 150_000, 4_000, 150, 3_000, MetricsConfig.getDefault());

    private final Path folder;

    FileFixture(Path folder) {
        this.folder = folder;
    }

    static List<Record> rows(Random random, Schema schema, int count) {
        List<Record> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(RandomRows.next(random, schema));
        }
        return rows;
    }

    ParquetBatchWriter open(String name, Schema schema, ParquetFileOptions options) {
        return ParquetBatchWriter.open(
                new LocalFileIO().newOutputFile(LocalFileIO.toLocation(folder.resolve(name))), schema, options);
    }

    /** Writes rows in batches of 3,000. */
    WrittenFile write(String name, Schema schema, List<Record> rows, ParquetFileOptions options) {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer = open(name, schema, options)) {
            for (int from = 0; from < rows.size(); from += 3_000) {
                fill(schema, batch, rows.subList(from, Math.min(from + 3_000, rows.size())));
                writer.write(batch);
            }
            return writer.finish();
        }
    }

    static void fill(Schema schema, VectorSchemaRoot batch, List<Record> rows) {
        RowTransposer transposer = new RowTransposer(schema, batch);
        transposer.begin();
        for (Record row : rows) {
            transposer.add((column, position) -> row.getField(column));
        }
        transposer.end();
    }

    Metrics writeWithIceberg(String name, Schema schema, List<Record> rows, MetricsConfig config) throws IOException {
        FileAppender<Record> appender = Parquet.write(
                        new LocalFileIO().newOutputFile(LocalFileIO.toLocation(folder.resolve(name))))
                .schema(schema)
                .createWriterFunc(GenericParquetWriter::create)
                .metricsConfig(config)
                .build();
        try (appender) {
            rows.forEach(appender::add);
        }
        return appender.metrics();
    }

    List<Record> read(String name, Schema schema) throws IOException {
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<Record> records = Parquet.read(
                        new LocalFileIO().newInputFile(LocalFileIO.toLocation(folder.resolve(name))))
                .project(schema)
                .createReaderFunc(fileSchema -> GenericParquetReaders.buildReader(schema, fileSchema))
                .build()) {
            records.forEach(record -> rows.add(((GenericRecord) record).copy()));
        }
        return rows;
    }

    /** parquet-java's own view of a file; the caller closes it. */
    ParquetFileReader reader(String name) throws IOException {
        return ParquetFileReader.open(new LocalInputFile(path(name)));
    }

    Path path(String name) {
        return folder.resolve(name);
    }
}
