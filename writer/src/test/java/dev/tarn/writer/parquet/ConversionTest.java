package dev.tarn.writer.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of other types than the column's, rows in any order, columns that a batch lacks, and values that are refused. */
class ConversionTest {
    @TempDir
    Path folder;

    private BufferAllocator allocator;
    private FileFixture files;

    @BeforeEach
    void open() {
        allocator = new RootAllocator();
        files = new FileFixture(folder);
    }

    @AfterEach
    void close() {
        allocator.close();
    }

    @Test
    void chosenRowsInAnyOrderAreWritten() throws IOException {
        long seed = System.nanoTime();
        System.out.println("chosenRowsInAnyOrderAreWritten seed " + seed);
        Random random = new Random(seed);
        List<Record> rows = FileFixture.rows(random, RandomRows.SCHEMA, 4_000);
        List<Record> expected = new ArrayList<>();
        try (VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(RandomRows.SCHEMA), allocator);
                ParquetBatchWriter writer = files.open("a", RandomRows.SCHEMA, FileFixture.SMALL)) {
            FileFixture.fill(RandomRows.SCHEMA, batch, rows);
            for (int write = 0; write < 6; write++) {
                int[] selected = random.ints(random.nextInt(2_000), 0, 4_000).toArray();
                int range = random.nextInt(selected.length + 1);
                for (int i = 0; i < range; i++) {
                    selected[i] = 1_000 + i;
                }
                writer.write(batch, selected, selected.length);
                for (int row : selected) {
                    expected.add(rows.get(row));
                }
            }
            assertThat(writer.rows()).isEqualTo(expected.size());
            writer.finish();
        }

        assertThat(files.read("a", RandomRows.SCHEMA)).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void widerAndNarrowerVectorsBecomeTheColumnsType() throws IOException {
        SmallIntVector small = new SmallIntVector("v", allocator);
        small.setSafe(0, -7);
        assertThat(written(Types.LongType.get(), small, 1)).containsExactly(-7L);

        IntVector ints = new IntVector("v", allocator);
        ints.setSafe(0, Integer.MIN_VALUE);
        assertThat(written(Types.LongType.get(), ints, 1)).containsExactly((long) Integer.MIN_VALUE);

        TimeStampMilliVector millis = new TimeStampMilliVector("v", allocator);
        millis.setSafe(0, 1_500);
        assertThat(written(Types.TimestampType.withoutZone(), millis, 1))
                .extracting(Object::toString)
                .containsExactly("1970-01-01T00:00:01.500");

        LargeVarCharVector large = new LargeVarCharVector("v", allocator);
        large.setSafe(0, "größer".getBytes(StandardCharsets.UTF_8));
        large.setNull(1);
        large.setSafe(2, "x".getBytes(StandardCharsets.UTF_8));
        assertThat(written(Types.StringType.get(), large, 3)).containsExactly("größer", null, "x");

        ViewVarCharVector view = new ViewVarCharVector("v", allocator);
        view.allocateNew();
        view.setSafe(0, "a text too long for the view itself".getBytes(StandardCharsets.UTF_8));
        view.setSafe(1, "short".getBytes(StandardCharsets.UTF_8));
        assertThat(written(Types.StringType.get(), view, 2))
                .containsExactly("a text too long for the view itself", "short");

        UUID uuid = new UUID(1, 2);
        VarCharVector text = new VarCharVector("v", allocator);
        text.setSafe(0, uuid.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(written(Types.UUIDType.get(), text, 1)).containsExactly(uuid);

        DecimalVector decimal = new DecimalVector("v", allocator, 5, 1);
        decimal.setSafe(0, new BigDecimal("-12.5"));
        assertThat(written(Types.DecimalType.of(20, 3), decimal, 1)).containsExactly(new BigDecimal("-12.500"));

        assertThat(written(Types.StringType.get(), new NullVector("v"), 2)).containsExactly(null, null);
    }

    @Test
    void decimalsUpToTheLastDigitAreWrittenAndOneMoreIsRefused() throws IOException {
        for (int precision : new int[] {1, 9, 10, 18, 19, 20, 38}) {
            Types.DecimalType type = Types.DecimalType.of(precision, 0);
            BigDecimal largest = BigDecimal.TEN.pow(precision).subtract(BigDecimal.ONE);
            for (BigDecimal value : List.of(largest, largest.negate(), BigDecimal.ZERO, BigDecimal.ONE.negate())) {
                DecimalVector fits = new DecimalVector("v", allocator, precision, 0);
                fits.setSafe(0, value);
                assertThat(written(type, fits, 1)).containsExactly(value);
            }
            if (precision == 38) {
                continue;
            }
            for (BigDecimal value : List.of(
                    largest.add(BigDecimal.ONE), largest.add(BigDecimal.ONE).negate())) {
                DecimalVector declared = new DecimalVector("v", allocator, precision, 0);
                try (DecimalVector wide = new DecimalVector("v", allocator, 38, 0)) {
                    wide.setSafe(0, value);
                    declared.allocateNew(1);
                    declared.setSafe(0, 0, wide.getDataBuffer());
                }
                assertThatThrownBy(() -> written(type, declared, 1))
                        .isInstanceOfSatisfying(
                                TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                        .hasMessageContaining("Column 'v' has type decimal(" + precision + ", 0)");
            }
        }
    }

    @Test
    void columnsThatABatchLacksGetTheirDefaultOrNull() throws IOException {
        Schema schema = new Schema(
                Types.NestedField.required(1, "id", Types.IntegerType.get()),
                withDefault(2, "i", Types.IntegerType.get(), Literal.of(7)),
                withDefault(3, "s", Types.StringType.get(), Literal.of("none")),
                withDefault(4, "d", Types.DoubleType.get(), Literal.of(-0.0)),
                withDefault(5, "u", Types.UUIDType.get(), Literal.of(new UUID(3, 4))),
                withDefault(6, "dec", Types.DecimalType.of(30, 2), Literal.of(new BigDecimal("-1.25"))),
                withDefault(7, "b", Types.BooleanType.get(), Literal.of(true)),
                Types.NestedField.optional(8, "list", Types.ListType.ofRequired(9, Types.StringType.get())));
        IntVector ids = new IntVector("id", allocator);
        ids.setSafe(0, 1);
        ids.setSafe(1, 2);

        List<Record> rows = write(schema, ids, 2);

        assertThat(rows).hasSize(2).allSatisfy(row -> {
            assertThat(row.getField("i")).isEqualTo(7);
            assertThat(row.getField("s")).isEqualTo("none");
            assertThat(row.getField("d")).isEqualTo(-0.0);
            assertThat(row.getField("u")).isEqualTo(new UUID(3, 4));
            assertThat(row.getField("dec")).isEqualTo(new BigDecimal("-1.25"));
            assertThat(row.getField("b")).isEqualTo(true);
            assertThat(row.getField("list")).isNull();
        });
    }

    @Test
    void aNullInARequiredColumnIsRefusedWithColumnAndRow() {
        IntVector vector = new IntVector("v", allocator);
        vector.setSafe(0, 1);
        vector.setSafe(1, 2);
        vector.setNull(2);
        Schema schema = new Schema(Types.NestedField.required(1, "v", Types.IntegerType.get()));

        assertThatThrownBy(() -> write(schema, vector, 3))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage("Column 'v' is required but the batch has a null in row 2");
    }

    @Test
    void aMissingRequiredColumnIsRefused() {
        IntVector vector = new IntVector("other", allocator);
        vector.setSafe(0, 1);
        Schema schema = new Schema(Types.NestedField.required(1, "v", Types.IntegerType.get()));

        assertThatThrownBy(() -> write(schema, vector, 1))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'v' is required but the batch has no such column");
    }

    @Test
    void bytesThatAreNoTextAreRefusedWithColumnAndRow() {
        VarCharVector vector = new VarCharVector("v", allocator);
        for (int i = 0; i < 3_000; i++) {
            vector.setSafe(i, "fine".getBytes(StandardCharsets.UTF_8));
        }
        vector.setNull(17);
        vector.setSafe(2_500, new byte[] {'a', (byte) 0xc3});

        assertThatThrownBy(() -> written(Types.StringType.get(), vector, 3_000))
                .isInstanceOf(TarnException.class)
                .hasMessage("Column 'v' expects text in UTF-8 but the batch holds other bytes in row 2500");
    }

    @Test
    void aDictionaryEncodedVectorIsRefused() {
        FieldType indexes = new FieldType(
                true, new ArrowType.Int(32, true), new DictionaryEncoding(1, false, new ArrowType.Int(32, true)));
        IntVector vector = (IntVector) new Field("v", indexes, null).createVector(allocator);
        vector.setSafe(0, 1);

        assertThatThrownBy(() -> written(Types.IntegerType.get(), vector, 1))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("Column 'v' is dictionary-encoded");
    }

    @Test
    void afterAFailedWriteNothingMoreIsWrittenButClosingWorks() {
        Schema schema = new Schema(Types.NestedField.required(1, "v", Types.IntegerType.get()));
        try (IntVector vector = new IntVector("v", allocator);
                VectorSchemaRoot batch = VectorSchemaRoot.of(vector);
                ParquetBatchWriter writer = files.open("failed", schema, FileFixture.OPTIONS)) {
            vector.setNull(0);
            batch.setRowCount(1);
            assertThatThrownBy(() -> writer.write(batch)).isInstanceOf(TarnException.class);

            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("an earlier write failed");
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
            writer.close();
            writer.close();
        }
    }

    @Test
    void theBytesDoNotDependOnTheNumberOfThreads() throws IOException {
        long seed = System.nanoTime();
        System.out.println("theBytesDoNotDependOnTheNumberOfThreads seed " + seed);
        List<Record> rows = FileFixture.rows(new Random(seed), RandomRows.SCHEMA, 3_000);

        files.write("one", RandomRows.SCHEMA, rows, FileFixture.SMALL.withThreads(1));
        files.write("many", RandomRows.SCHEMA, rows, FileFixture.SMALL.withThreads(8));

        assertThat(Files.readAllBytes(files.path("many")))
                .as("seed %d", seed)
                .isEqualTo(Files.readAllBytes(files.path("one")));
    }

    private static Types.NestedField withDefault(int id, String name, Type type, Literal<?> value) {
        return Types.NestedField.optional(name)
                .withId(id)
                .ofType(type)
                .withInitialDefault(value)
                .withWriteDefault(value)
                .build();
    }

    private List<Object> written(Type type, FieldVector vector, int rows) throws IOException {
        List<Object> values = new ArrayList<>();
        write(new Schema(Types.NestedField.optional(1, "v", type)), vector, rows)
                .forEach(row -> values.add(row.getField("v")));
        return values;
    }

    /** Writes a batch of one column, which is closed, and reads the file back. */
    private List<Record> write(Schema schema, FieldVector vector, int rows) throws IOException {
        String name = "file-" + System.nanoTime();
        try (VectorSchemaRoot batch = VectorSchemaRoot.of(vector);
                ParquetBatchWriter writer = files.open(name, schema, FileFixture.OPTIONS)) {
            batch.setRowCount(rows);
            writer.write(batch);
            writer.finish();
        }
        return files.read(name, schema);
    }
}
