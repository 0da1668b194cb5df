package dev.tarn.writer.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.LocalFileIO;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyColumnarTest {
    private static final int RANDOM_TABLES = 6;

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void openCatalog() {
        catalog = new TestCatalog(folder);
    }

    @AfterEach
    void closeCatalog() {
        catalog.close();
    }

    @Test
    void randomParquetFilesComeBackRowForRow() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomParquetFilesComeBackRowForRow seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_TABLES; i++) {
            RandomTables tables = new RandomTables(random);
            Schema schema = tables.schema();
            List<Record> rows = tables.rows(schema, 1 + random.nextInt(800));
            Path file = folder.resolve("r" + i + ".parquet");
            writeParquet(file, schema, rows, random.nextBoolean() ? 20_000 : 10_000_000);

            assertComeBack("p" + i, schema, file, rows, seed);
        }
    }

    @Test
    void randomArrowFilesAndStreamsComeBackRowForRow() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomArrowFilesAndStreamsComeBackRowForRow seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_TABLES; i++) {
            RandomTables tables = new RandomTables(random);
            Schema schema = tables.schema();
            List<Record> rows = tables.rows(schema, 1 + random.nextInt(700));
            Path file = folder.resolve("r" + i + ".arrow");
            writeArrow(file, schema, rows, Form.values()[i % Form.values().length]);

            assertComeBack("a" + i, schema, file, rows, seed);
        }
    }

    @Test
    void nestedColumnsOfDuckDbComeBack() throws Exception {
        Path file = folder.resolve("f.parquet");
        duckdb("COPY (SELECT [{'a': i, 'b': ['x', NULL, i::VARCHAR]}, NULL] AS items, MAP {'k': {'deep': [i]}} AS m,"
                + " i::UINTEGER AS u FROM (SELECT range::INT AS i FROM range(10000))) TO '" + file
                + "' (FORMAT parquet, ROW_GROUP_SIZE 3000)");
        CopyOptions options = CopyOptions.of(List.of(file.toString()));
        Table table = catalog.create("t", CopyInto.inferSchema(options), PartitionSpec.unpartitioned(), 3);

        run(table, options);

        Record last = TestCatalog.rows(table).get(9_999);
        assertThat(last.toString())
                .isEqualTo("Record([Record(9999, [x, null, 9999]), null], {k=Record([9999])}, 9999)");
        assertThat(TestCatalog.rows(table)).hasSize(10_000);
    }

    @Test
    void arrowTypesOfOtherWidthsAreConvertedExactly() throws Exception {
        Schema schema = new Schema(
                Types.NestedField.required(1, "n", Types.LongType.get()),
                Types.NestedField.optional(2, "t", Types.TimestampType.withoutZone()),
                Types.NestedField.optional(3, "s", Types.StringType.get()));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        Path file = folder.resolve("a.arrow");
        try (BufferAllocator allocator = new RootAllocator();
                SmallIntVector n = new SmallIntVector("n", allocator);
                TimeStampMilliVector t = new TimeStampMilliVector("t", allocator);
                LargeVarCharVector s = new LargeVarCharVector("s", allocator)) {
            n.allocateNew(2);
            n.setSafe(0, -7);
            n.setNull(1);
            t.setSafe(0, 1_500);
            t.setSafe(1, 0);
            s.setSafe(0, "x".getBytes(StandardCharsets.UTF_8));
            s.setNull(1);
            writeArrow(file, VectorSchemaRoot.of(n, t, s), 2);
        }

        CopyReceipt receipt =
                run(table, CopyOptions.of(List.of(file.toString())).withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors()).containsExactly("a.arrow row 2: column 'n' is required but null");
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("n"), row -> row.getField("t"), row -> row.getField("s"))
                .containsExactly(tuple(-7L, LocalDateTime.parse("1970-01-01T00:00:01.5"), "x"));
    }

    @Test
    void dictionariesOfArrowAreDecoded() throws Exception {
        Table table = catalog.create(
                "t",
                new Schema(Types.NestedField.optional(1, "city", Types.StringType.get())),
                PartitionSpec.unpartitioned(),
                3);
        Path file = folder.resolve("a.feather");
        try (BufferAllocator allocator = new RootAllocator();
                VarCharVector words = new VarCharVector("dictionary", allocator);
                VarCharVector plain = new VarCharVector("city", allocator)) {
            words.setSafe(0, "Oslo".getBytes(StandardCharsets.UTF_8));
            words.setSafe(1, "Rome".getBytes(StandardCharsets.UTF_8));
            words.setValueCount(2);
            plain.setSafe(0, "Rome".getBytes(StandardCharsets.UTF_8));
            plain.setNull(1);
            plain.setSafe(2, "Oslo".getBytes(StandardCharsets.UTF_8));
            plain.setValueCount(3);
            Dictionary dictionary = new Dictionary(words, new DictionaryEncoding(1, false, null));
            try (FieldVector encoded = (FieldVector) DictionaryEncoder.encode(plain, dictionary);
                    OutputStream out = Files.newOutputStream(file);
                    ArrowFileWriter writer = new ArrowFileWriter(
                            VectorSchemaRoot.of(encoded),
                            new DictionaryProvider.MapDictionaryProvider(dictionary),
                            Channels.newChannel(out))) {
                writer.start();
                writer.writeBatch();
                writer.end();
            }
        }

        run(table, CopyOptions.of(List.of(file.toString())));

        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("city"))
                .containsExactly("Rome", null, "Oslo");
        assertThat(CopyInto.inferSchema(CopyOptions.of(List.of(file.toString())))
                        .findType("city"))
                .isEqualTo(Types.StringType.get());
    }

    @Test
    void requiredNullsOfParquetAreRowErrorsInsideOfNestedColumnsToo() throws Exception {
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.LongType.get()),
                Types.NestedField.optional(
                        2, "s", Types.StructType.of(Types.NestedField.required(3, "x", Types.IntegerType.get()))));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        Path file = folder.resolve("a.parquet");
        duckdb("COPY (SELECT * FROM (VALUES (1::BIGINT, {'x': 1}), (2, NULL), (3, {'x': NULL}), (NULL, {'x': 4}))"
                + " v(id, s)) TO '" + file + "' (FORMAT parquet)");

        CopyReceipt receipt =
                run(table, CopyOptions.of(List.of(file.toString())).withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors())
                .containsExactly(
                        "a.parquet row 3: column 's.x' is required but missing or null",
                        "a.parquet row 4: column 'id' is required but missing or null");
        assertThat(TestCatalog.rows(table))
                .extracting(row -> row.getField("id"))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void nanosecondsThatWouldBeLostAreRowErrors() throws Exception {
        Table table = catalog.create(
                "t",
                new Schema(Types.NestedField.optional(1, "t", Types.TimestampType.withoutZone())),
                PartitionSpec.unpartitioned(),
                3);
        Path file = folder.resolve("a.parquet");
        duckdb("COPY (SELECT unnest(['2001-01-01 00:00:00.000001'::TIMESTAMP_NS,"
                + " '2001-01-01 00:00:00.000000001'::TIMESTAMP_NS]) AS t) TO '" + file + "' (FORMAT parquet)");

        CopyReceipt receipt =
                run(table, CopyOptions.of(List.of(file.toString())).withBadRows(BadRows.SKIP_ROW));

        assertThat(receipt.firstErrors())
                .containsExactly("a.parquet row 2: column 't' counts microseconds but the value has nanoseconds");
        assertThat(TestCatalog.rows(table)).hasSize(1);
    }

    @Test
    void listsOfOldWritersAreUnderstood() throws Exception {
        Schema schema = new Schema(
                Types.NestedField.optional(1, "n", Types.ListType.ofOptional(2, Types.IntegerType.get())),
                Types.NestedField.optional(
                        3,
                        "s",
                        Types.ListType.ofOptional(
                                4,
                                Types.StructType.of(
                                        Types.NestedField.optional(5, "a", Types.StringType.get()),
                                        Types.NestedField.optional(6, "b", Types.LongType.get())))));
        Table table = catalog.create("t", schema, PartitionSpec.unpartitioned(), 3);
        MessageType old = MessageTypeParser.parseMessageType(
                "message m {"
                        + " optional group n (LIST) { repeated int32 element; }"
                        + " optional group s (LIST) { repeated group array { optional binary a (STRING); required int64 b; } } }");
        Path file = folder.resolve("old.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType(old)
                .withConf(new PlainParquetConfiguration())
                .build()) {
            SimpleGroup row = new SimpleGroup(old);
            Group numbers = row.addGroup("n");
            numbers.append("element", 1).append("element", 2);
            Group structs = row.addGroup("s");
            structs.addGroup("array").append("a", "x").append("b", 7L);
            structs.addGroup("array").append("b", 8L);
            writer.write(row);
            writer.write(new SimpleGroup(old));
        }

        run(table, CopyOptions.of(List.of(file.toString())));

        assertThat(TestCatalog.rows(table).stream().map(RandomTables::text))
                .containsExactly("[[1, 2], [[x, 7], [null, 8]]]", "[null, null]");
    }

    @Test
    void aColumnOfAnotherTypeIsRefusedWithItsFile() throws Exception {
        Table table = catalog.create(
                "t",
                new Schema(Types.NestedField.optional(1, "n", Types.IntegerType.get())),
                PartitionSpec.unpartitioned(),
                3);
        Path file = folder.resolve("a.parquet");
        duckdb("COPY (SELECT 1::BIGINT AS n) TO '" + file + "' (FORMAT parquet)");

        assertThatThrownBy(() -> run(table, CopyOptions.of(List.of(file.toString()))))
                .isInstanceOf(TarnException.class)
                .hasMessage("a.parquet: column 'n' has type int but the file has required int64 n (INTEGER(64,true))");
    }

    @Test
    void truncatedAndForeignFilesAreCalledCorrupt() throws Exception {
        Table table = catalog.create(
                "t",
                new Schema(Types.NestedField.optional(1, "id", Types.LongType.get())),
                PartitionSpec.unpartitioned(),
                3);
        Schema schema = table.schema();
        List<Record> rows = new RandomTables(new Random(1)).rows(schema, 1_000);
        for (Form form : Form.values()) {
            Path file = folder.resolve(form + ".arrow");
            writeArrow(file, schema, rows, form);
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            assertCorrupt(table, file);
        }
        assertCorrupt(table, Files.writeString(folder.resolve("text.arrow"), "no arrow at all, but long enough"));
        assertCorrupt(table, Files.writeString(folder.resolve("text.parquet"), "no parquet at all"));
        assertThat(TestCatalog.rows(table)).isEmpty();
    }

    private void assertCorrupt(Table table, Path file) {
        assertThatThrownBy(() -> run(table, CopyOptions.of(List.of(file.toString()))))
                .as(file.toString())
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessageContaining(file.getFileName().toString());
    }

    private void assertComeBack(String name, Schema schema, Path file, List<Record> rows, long seed) {
        Table table = catalog.create(name, schema, PartitionSpec.unpartitioned(), 3);

        CopyReceipt receipt = run(table, CopyOptions.of(List.of(file.toString())));

        assertThat(receipt.rowsLoaded()).as("seed %d", seed).isEqualTo(rows.size());
        List<Record> found = TestCatalog.rows(table);
        found.sort(Comparator.comparing(row -> (Long) row.getField("id")));
        assertThat(found).as("seed %d schema %s", seed, schema).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(RandomTables.text(found.get(i))).as("seed %d", seed).isEqualTo(RandomTables.text(rows.get(i)));
        }
    }

    private enum Form {
        FILE,
        STREAM,
        FILE_LZ4,
        STREAM_ZSTD
    }

    private static void writeArrow(Path file, Schema schema, List<Record> rows, Form form) throws IOException {
        CompressionUtil.CodecType codec =
                switch (form) {
                    case FILE, STREAM -> CompressionUtil.CodecType.NO_COMPRESSION;
                    case FILE_LZ4 -> CompressionUtil.CodecType.LZ4_FRAME;
                    case STREAM_ZSTD -> CompressionUtil.CodecType.ZSTD;
                };
        CompressionCodec.Factory factory = codec == CompressionUtil.CodecType.NO_COMPRESSION
                ? NoCompressionCodec.Factory.INSTANCE
                : CommonsCompressionFactory.INSTANCE;
        boolean stream = form == Form.STREAM || form == Form.STREAM_ZSTD;
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator);
                OutputStream out = Files.newOutputStream(file);
                ArrowWriter writer = stream
                        ? new ArrowStreamWriter(root, null, Channels.newChannel(out), IpcOption.DEFAULT, factory, codec)
                        : new ArrowFileWriter(
                                root, null, Channels.newChannel(out), Map.of(), IpcOption.DEFAULT, factory, codec)) {
            RowTransposer transposer = new RowTransposer(schema, root);
            writer.start();
            for (int from = 0; from < rows.size(); from += 300) {
                transposer.begin();
                for (Record row : rows.subList(from, Math.min(from + 300, rows.size()))) {
                    transposer.add((name, column) -> row.getField(name));
                }
                transposer.end();
                writer.writeBatch();
            }
            writer.end();
        }
    }

    private static void writeArrow(Path file, VectorSchemaRoot root, int rows) throws IOException {
        root.setRowCount(rows);
        try (OutputStream out = Files.newOutputStream(file);
                ArrowFileWriter writer = new ArrowFileWriter(root, null, Channels.newChannel(out))) {
            writer.start();
            writer.writeBatch();
            writer.end();
        }
    }

    private static void writeParquet(Path file, Schema schema, List<Record> rows, int rowGroupBytes)
            throws IOException {
        try (FileAppender<Record> appender = Parquet.write(
                        new LocalFileIO().newOutputFile(LocalFileIO.toLocation(file)))
                .schema(schema)
                .set("write.parquet.row-group-size-bytes", Integer.toString(rowGroupBytes))
                .set("write.parquet.page-size-bytes", "4000")
                .createWriterFunc(GenericParquetWriter::create)
                .build()) {
            appender.addAll(rows);
        }
    }

    private static CopyReceipt run(Table table, CopyOptions options) {
        return CopyInto.run(table, options, CopyProgress.NONE);
    }

    private static void duckdb(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
