package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
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
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
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

    @RepeatedTest(5)
    void shreddedVariantsAreReadBackByIceberg() throws Exception {
        long seed = System.nanoTime();
        System.out.println("shreddedVariantsAreReadBackByIceberg seed " + seed);
        Random random = new Random(seed);
        Schema schema = RandomTables.schema(random, Set.of(Type.TypeID.VARIANT), 3);
        RandomRecords records = new RandomRecords(random);
        List<Record> rows = new ArrayList<>(records.listOfUniformVariants(schema, 0, 200));
        // What comes after the sample may have nothing to do with it.
        rows.addAll(records.list(schema, 200, 300));

        String location = write(schema, rows, OPTIONS.withShreddingSampleRows(100));

        assertThat(CanonicalRows.of(schema.asStruct(), read(location, schema)))
                .as("seed %d schema %s", seed, schema)
                .isEqualTo(CanonicalRows.of(schema.asStruct(), rows));
        assertThat(columns(location)).contains("c1.typed_value.kind.typed_value", "c1.typed_value.size.typed_value");
    }

    @Test
    void chosenRowsOfShreddedVariantsAreWrittenInTheirOrder() throws Exception {
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get()),
                Types.NestedField.optional(2, "v", Types.VariantType.get()));
        List<Record> rows = new RandomRecords(new Random(1)).list(schema, 0, 4);
        String location = LocalFileIO.toLocation(folder.resolve("chosen.parquet"));

        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer = ParquetBatchWriter.open(
                        new LocalFileIO().newOutputFile(location), schema, OPTIONS.withShreddingSampleRows(10))) {
            fill(schema, batch, rows);
            writer.write(batch, new int[] {3, 1}, 2);
            writer.write(batch, new int[] {0}, 1);
            writer.finish();
        }

        assertThat(read(location, schema))
                .extracting(row -> CanonicalRows.of(schema.asStruct(), row))
                .containsExactly(
                        CanonicalRows.of(schema.asStruct(), rows.get(3)),
                        CanonicalRows.of(schema.asStruct(), rows.get(1)),
                        CanonicalRows.of(schema.asStruct(), rows.get(0)));
    }

    @Test
    void aFileWithoutRowsIsReadableThoughItsVariantsWereToBeShredded() throws Exception {
        Schema schema = new Schema(Types.NestedField.optional(1, "v", Types.VariantType.get()));

        String location = write(schema, List.of(), OPTIONS.withShreddingSampleRows(10));

        assertThat(read(location, schema)).isEmpty();
    }

    @Test
    void bytesThatAreNoVariantAreRefusedWithTheColumn() {
        Schema schema = new Schema(Types.NestedField.optional(1, "v", Types.VariantType.get()));
        String location = LocalFileIO.toLocation(folder.resolve("damaged.parquet"));

        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer = ParquetBatchWriter.open(
                        new LocalFileIO().newOutputFile(location), schema, OPTIONS.withShreddingSampleRows(10))) {
            StructVector variants = (StructVector) batch.getVector(0);
            variants.setIndexDefined(0);
            variants.getChild("metadata", VarBinaryVector.class).setSafe(0, new byte[] {9});
            variants.getChild("value", VarBinaryVector.class).setSafe(0, new byte[] {1, 2});
            batch.setRowCount(1);

            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                    .hasMessage(
                            "Column 'v' expects a variant but the batch holds bytes that are none; correct them before"
                                    + " writing");
        }
    }

    private String write(Schema schema, List<Record> rows) {
        return write(schema, rows, OPTIONS);
    }

    private String write(Schema schema, List<Record> rows, ParquetFileOptions options) {
        String location = LocalFileIO.toLocation(folder.resolve("a.parquet"));
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                ParquetBatchWriter writer =
                        ParquetBatchWriter.open(new LocalFileIO().newOutputFile(location), schema, options)) {
            fill(schema, batch, rows);
            writer.write(batch);
            writer.finish();
        }
        return location;
    }

    private static void fill(Schema schema, VectorSchemaRoot batch, List<Record> rows) {
        RowTransposer transposer = new RowTransposer(schema, batch);
        transposer.begin();
        rows.forEach(row -> transposer.add((column, position) -> row.getField(column)));
        transposer.end();
    }

    private static List<String> columns(String location) throws Exception {
        Path file = LocalFileIO.toPath(location);
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
            return reader.getFileMetaData().getSchema().getColumns().stream()
                    .map(column -> String.join(".", column.getPath()))
                    .toList();
        }
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
