package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which encoding columns of certain shapes get; every file is read back by Iceberg and by DuckDB. */
class EncodingChoiceTest {
    private static final int ROWS = 6_000;

    @TempDir
    Path folder;

    @Test
    void risingNumbersBecomeDeltas() throws Exception {
        assertThat(encodings(Types.LongType.get(), i -> 1_000_000L + i * 3L))
                .containsExactly(Encoding.DELTA_BINARY_PACKED);
        assertThat(encodings(Types.IntegerType.get(), i -> i)).containsExactly(Encoding.DELTA_BINARY_PACKED);
    }

    @Test
    void fewDifferentValuesBecomeADictionary() throws Exception {
        Random random = new Random(1);
        assertThat(encodings(Types.StringType.get(), i -> "state-" + random.nextInt(5)))
                .contains(Encoding.RLE_DICTIONARY);
        assertThat(encodings(Types.LongType.get(), i -> random.nextInt(7) * 1_000_000_007L))
                .contains(Encoding.RLE_DICTIONARY);
        assertThat(encodings(Types.DoubleType.get(), i -> random.nextInt(9) / 7.0))
                .contains(Encoding.RLE_DICTIONARY);
        assertThat(encodings(Types.FloatType.get(), i -> random.nextInt(9) / 7.0f))
                .contains(Encoding.RLE_DICTIONARY);
        assertThat(encodings(Types.UUIDType.get(), i -> new java.util.UUID(random.nextInt(4), 7)))
                .contains(Encoding.RLE_DICTIONARY);
    }

    @Test
    void similarFloatingPointNumbersAreSplitIntoStreams() throws Exception {
        Random random = new Random(2);
        assertThat(encodings(Types.DoubleType.get(), i -> 1_000 + random.nextGaussian()))
                .containsExactly(Encoding.BYTE_STREAM_SPLIT);
        assertThat(encodings(Types.FloatType.get(), i -> (float) (1_000 + random.nextGaussian())))
                .containsExactly(Encoding.BYTE_STREAM_SPLIT);
    }

    @Test
    void randomNumbersStayPlain() throws Exception {
        Random random = new Random(3);
        assertThat(encodings(Types.LongType.get(), i -> random.nextLong())).containsExactly(Encoding.PLAIN);
    }

    @Test
    void differentTextsLieBehindTheirLengths() throws Exception {
        Random random = new Random(4);
        assertThat(encodings(Types.StringType.get(), i -> Long.toHexString(random.nextLong()) + "ü"))
                .containsExactly(Encoding.DELTA_LENGTH_BYTE_ARRAY);
        assertThat(encodings(
                        Types.StringType.get(), i -> (char) ('a' + i % 26) + "x".repeat(random.nextInt(3_000)) + i))
                .containsExactly(Encoding.DELTA_LENGTH_BYTE_ARRAY);
    }

    @Test
    void textsThatBeginLikeTheirNeighboursShareTheBeginning() throws Exception {
        Random random = new Random(5);
        assertThat(encodings(
                        Types.StringType.get(),
                        i -> "https://example.org/catalogue/%08d/%04x".formatted(i, random.nextInt(0x10000))))
                .containsExactly(Encoding.DELTA_BYTE_ARRAY);
    }

    @Test
    void booleansAreRuns() throws Exception {
        assertThat(encodings(Types.BooleanType.get(), i -> i % 1_000 < 700)).containsExactly(Encoding.RLE);
    }

    @Test
    void aColumnWithoutValuesIsPlain() throws Exception {
        assertThat(encodings(Types.LongType.get(), i -> null)).containsExactly(Encoding.PLAIN);
        assertThat(encodings(Types.StringType.get(), i -> null)).containsExactly(Encoding.PLAIN);
    }

    @Test
    void aDictionaryIsGivenUpWhenValuesStopRepeating() throws Exception {
        Random random = new Random(6);
        assertThat(encodings(
                        Types.LongType.get(),
                        i -> i < 2_500 ? random.nextInt(4) * 1_000_000_007L : 5_000_000L + i * 3L))
                .contains(Encoding.RLE_DICTIONARY, Encoding.DELTA_BINARY_PACKED);
        assertThat(encodings(
                        Types.StringType.get(),
                        i -> i < 2_500 ? "common-" + random.nextInt(4) : "rare-" + random.nextLong()))
                .contains(Encoding.RLE_DICTIONARY, Encoding.DELTA_LENGTH_BYTE_ARRAY);
    }

    @Test
    @SuppressWarnings("deprecation")
    void compatibleFilesHaveOnlyPlainAndDictionaryPages() throws Exception {
        Random random = new Random(7);
        Schema schema = schema(Types.StringType.get());
        List<Record> rows = rows(schema, i -> i < 2_500 ? "common-" + random.nextInt(4) : "rare-" + random.nextLong());

        Set<Encoding> found = encodings(schema, rows, options().withEncodings(ParquetEncodings.COMPATIBLE));

        assertThat(found).contains(Encoding.PLAIN, Encoding.PLAIN_DICTIONARY);
        assertThat(found).isSubsetOf(Encoding.PLAIN, Encoding.PLAIN_DICTIONARY, Encoding.RLE, Encoding.BIT_PACKED);
    }

    private static ParquetFileOptions options() {
        return new ParquetFileOptions(
                CompressionCodecName.ZSTD, 3, 128L << 20, 1 << 20, 1_000, 2 << 20, MetricsConfig.getDefault());
    }

    private Set<Encoding> encodings(Type type, IntFunction<Object> values) throws Exception {
        Schema schema = schema(type);
        return encodings(schema, rows(schema, values), options());
    }

    private static Schema schema(Type type) {
        return new Schema(Types.NestedField.optional(1, "v", type));
    }

    private static List<Record> rows(Schema schema, IntFunction<Object> values) {
        List<Record> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            Record row = GenericRecord.create(schema);
            row.setField("v", values.apply(i));
            rows.add(row);
        }
        return rows;
    }

    private Set<Encoding> encodings(Schema schema, List<Record> rows, ParquetFileOptions options) throws Exception {
        FileFixture files = new FileFixture(folder);
        String name = "v-" + System.nanoTime() + ".parquet";
        files.write(name, schema, rows, options);

        assertThat(files.read(name, schema)).isEqualTo(rows);
        assertThat(distinctInDuckDb(files.path(name)))
                .isEqualTo(rows.stream()
                        .map(row -> row.getField("v"))
                        .filter(java.util.Objects::nonNull)
                        .distinct()
                        .count());
        return encodings(files, name);
    }

    private static long distinctInDuckDb(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT count(DISTINCT v) FROM read_parquet('%s')".formatted(file))) {
            result.next();
            return result.getLong(1);
        }
    }

    private static Set<Encoding> encodings(FileFixture files, String name) throws IOException {
        try (ParquetFileReader reader = files.reader(name)) {
            ColumnChunkMetaData chunk =
                    reader.getRowGroups().get(0).getColumns().get(0);
            return chunk.getEncodings();
        }
    }
}
