package dev.tarn.writer.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaEvolutionTest {
    private static final org.apache.iceberg.Schema TABLE = new org.apache.iceberg.Schema(
            Types.NestedField.required(1, "id", Types.LongType.get()),
            Types.NestedField.optional(2, "amount", Types.IntegerType.get()),
            Types.NestedField.optional(3, "name", Types.StringType.get()));
    private static final ArrowType LONG = new ArrowType.Int(64, true);
    private static final ArrowType INT = new ArrowType.Int(32, true);
    private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;

    @TempDir
    Path folder;

    private TestCatalog catalog;
    private Table table;
    private BufferAllocator allocator;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
        table = catalog.create("t", TABLE, PartitionSpec.unpartitioned(), 3);
        allocator = new RootAllocator();
    }

    @AfterEach
    void close() {
        allocator.close();
        catalog.close();
    }

    @Test
    void rowsWithoutARequiredValueAreDiscarded() {
        IngestReceipt receipt =
                append(options(SchemaEvolution.DISCARD_ROW), schema("id", LONG, "name", TEXT), 3, batch -> {
                    longs(batch, 0, 1L, null, 3L);
                    texts(batch, 1, "a", "b", "c");
                });

        assertThat(receipt.rowsAdded()).isEqualTo(2);
        assertThat(receipt.rowsRejected()).isEqualTo(1);
        assertThat(column("name")).containsExactly("a", "c");
        assertThat(table.currentSnapshot().summary()).containsEntry(SchemaGate.DISCARDED_ROWS, "1");
    }

    @Test
    void rowsWithAValueInAnUnknownColumnAreDiscarded() {
        append(options(SchemaEvolution.DISCARD_ROW), schema("id", LONG, "colour", TEXT), 2, batch -> {
            longs(batch, 0, 1L, 2L);
            texts(batch, 1, "red", null);
        });

        assertThat(column("id")).containsExactly(2L);
        assertThat(table.schema().findField("colour")).isNull();
    }

    @Test
    void valuesThatDoNotConvertBecomeNull() {
        IngestReceipt receipt = append(
                options(SchemaEvolution.DISCARD_VALUE),
                schema("id", LONG, "amount", TEXT, "name", LONG, "colour", TEXT),
                4,
                batch -> {
                    longs(batch, 0, 1L, 2L, 3L, 4L);
                    texts(batch, 1, "17", "many", "9999999999", null);
                    longs(batch, 2, 5L, null, 7L, 8L);
                    texts(batch, 3, "red", null, null, null);
                });

        assertThat(receipt.rowsAdded()).isEqualTo(4);
        assertThat(column("amount")).containsExactly(17, null, null, null);
        assertThat(column("name")).containsExactly("5", null, "7", "8");
        assertThat(table.currentSnapshot().summary()).containsEntry(SchemaGate.DISCARDED_VALUES, "3");
    }

    @Test
    void rowsWithValuesThatDoNotConvertAreDiscarded() {
        append(options(SchemaEvolution.DISCARD_ROW), schema("id", LONG, "amount", LONG), 3, batch -> {
            longs(batch, 0, 1L, 2L, 3L);
            longs(batch, 1, 1L << 40, 20L, null);
        });

        assertThat(column("id")).containsExactly(2L, 3L);
        assertThat(column("amount")).containsExactly(20, null);
    }

    @Test
    void aNestedColumnOfAnotherShapeIsDiscardedWhole() {
        table.updateSchema()
                .addColumn("place", Types.StructType.of(Types.NestedField.optional(9, "x", Types.IntegerType.get())))
                .commit();
        Field x = new Field("x", FieldType.nullable(TEXT), null);
        Schema schema = new Schema(List.of(
                new Field("id", FieldType.nullable(LONG), null),
                new Field("place", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(x))));
        append(options(SchemaEvolution.DISCARD_VALUE), schema, 1, batch -> {
            longs(batch, 0, 1L);
            batch.getVector(1).allocateNew();
            ((org.apache.arrow.vector.complex.StructVector) batch.getVector(1)).setIndexDefined(0);
        });

        assertThat(column("place")).containsExactly((Object) null);
    }

    @Test
    void columnsAreFoundByTheirIdsAfterARename() {
        Schema before = ArrowSchemas.toArrow(table.schema());
        table.updateSchema().renameColumn("name", "label").commit();

        append(IngestOptions.defaults().withColumnMatching(ColumnMatching.FIELD_ID), before, 1, batch -> {
            longs(batch, 0, 1L);
            texts(batch, 2, "a");
        });

        assertThat(column("label")).containsExactly("a");
    }

    @Test
    void columnsAreFoundWhateverTheirCase() {
        append(
                IngestOptions.defaults().withColumnMatching(ColumnMatching.NAME_IGNORING_CASE),
                schema("ID", LONG, "Name", TEXT),
                1,
                batch -> {
                    longs(batch, 0, 1L);
                    texts(batch, 1, "a");
                });

        assertThat(column("name")).containsExactly("a");
    }

    @Test
    void twoColumnsOfABatchForOneOfTheTableAreRefused() {
        assertThatThrownBy(() -> append(
                        IngestOptions.defaults().withColumnMatching(ColumnMatching.NAME_IGNORING_CASE),
                        schema("id", LONG, "name", TEXT, "NAME", TEXT),
                        1,
                        batch -> longs(batch, 0, 1L)))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessage(
                        "Columns 'name' and 'NAME' of the batch both belong to column 'name' of the table; drop one");
    }

    @Test
    void unknownFieldsOfStructsAreRefusedWhileTheSchemaIsFrozen() {
        table.updateSchema()
                .addColumn("place", Types.StructType.of(Types.NestedField.optional(9, "x", Types.IntegerType.get())))
                .commit();
        Field y = new Field("y", FieldType.nullable(INT), null);
        Schema schema = new Schema(List.of(
                new Field("id", FieldType.nullable(LONG), null),
                new Field("place", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(y))));

        assertThatThrownBy(() -> append(IngestOptions.defaults(), schema, 1, batch -> longs(batch, 0, 1L)))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("no column 'place.y'");
    }

    @Test
    void typesAreWidenedAndColumnsAddedAlsoInsideStructs() {
        table.updateSchema()
                .addColumn("price", Types.DecimalType.of(9, 2))
                .addColumn("place", Types.StructType.of(Types.NestedField.optional(9, "x", Types.FloatType.get())))
                .commit();
        Field x = new Field(
                "x",
                FieldType.nullable(
                        new ArrowType.FloatingPoint(org.apache.arrow.vector.types.FloatingPointPrecision.DOUBLE)),
                null);
        Field y = new Field("y", FieldType.nullable(INT), null);
        Schema schema = new Schema(List.of(
                new Field("id", FieldType.notNullable(LONG), null),
                new Field("amount", FieldType.nullable(LONG), null),
                new Field("price", FieldType.nullable(new ArrowType.Decimal(20, 2, 128)), null),
                new Field("place", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(x, y))));
        append(options(SchemaEvolution.EVOLVE), schema, 1, batch -> {
            longs(batch, 0, 1L);
            longs(batch, 1, 1L << 40);
            ((DecimalVector) batch.getVector(2)).setSafe(0, new java.math.BigDecimal("123456789012345678.25"));
            var place = (org.apache.arrow.vector.complex.StructVector) batch.getVector(3);
            place.setIndexDefined(0);
            ((Float8Vector) place.getChildByOrdinal(0)).setSafe(0, 0.1);
            ((IntVector) place.getChildByOrdinal(1)).setSafe(0, 5);
        });

        Record row = TestCatalog.rows(table).get(0);
        assertThat(row.getField("amount")).isEqualTo(1L << 40);
        assertThat(row.getField("price")).hasToString("123456789012345678.25");
        assertThat(((Record) row.getField("place")).getField("x")).isEqualTo(0.1);
        assertThat(((Record) row.getField("place")).getField("y")).isEqualTo(5);
        assertThat(table.schema().findField("id").isRequired()).isTrue();
    }

    @Test
    void aRequiredColumnThatTheBatchesLackBecomesOptional() {
        append(options(SchemaEvolution.EVOLVE), schema("name", TEXT), 1, batch -> texts(batch, 0, "a"));

        assertThat(table.schema().findField("id").isOptional()).isTrue();
        assertThat(column("name")).containsExactly("a");
    }

    @Test
    void anOmittedColumnHasItsWriteDefault() {
        table.updateSchema()
                .addColumn("region", Types.StringType.get(), Literal.of("north"))
                .commit();

        append(IngestOptions.defaults(), schema("id", LONG), 1, batch -> longs(batch, 0, 1L));

        assertThat(column("region")).containsExactly("north");
    }

    @Test
    void writersThatAddTheSameColumnAtOnceBothGoOn() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> done = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            long id = writer;
            done.add(threads.submit(() -> {
                Table own = catalog.load("t");
                try (BufferAllocator mine = new RootAllocator();
                        VectorSchemaRoot batch =
                                VectorSchemaRoot.create(schema("id", LONG, "colour", TEXT, "extra" + id, LONG), mine)) {
                    longs(batch, 0, id);
                    texts(batch, 1, "red");
                    longs(batch, 2, id);
                    batch.setRowCount(1);
                    barrier.await();
                    return Ingest.into(own, options(SchemaEvolution.EVOLVE)).append(source(batch));
                }
            }));
        }
        for (Future<?> future : done) {
            future.get();
        }
        threads.shutdown();

        assertThat(column("colour")).containsExactly("red", "red", "red", "red");
        assertThat(table.schema().columns()).hasSize(3 + 1 + 4);
    }

    private static IngestOptions options(SchemaEvolution rule) {
        return IngestOptions.defaults().withEvolution(rule);
    }

    private IngestReceipt append(IngestOptions options, Schema schema, int rows, Consumer<VectorSchemaRoot> fill) {
        try (VectorSchemaRoot batch = VectorSchemaRoot.create(schema, allocator)) {
            batch.allocateNew();
            fill.accept(batch);
            batch.setRowCount(rows);
            return Ingest.into(table, options).append(source(batch));
        }
    }

    private static BatchSource source(VectorSchemaRoot batch) {
        Iterator<VectorSchemaRoot> once = List.of(batch).iterator();
        return new BatchSource() {
            @Override
            public Schema schema() {
                return batch.getSchema();
            }

            @Override
            public @Nullable VectorSchemaRoot next() {
                return once.hasNext() ? once.next() : null;
            }
        };
    }

    private static Schema schema(Object... namesAndTypes) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.add(new Field(
                    (String) namesAndTypes[i],
                    new FieldType(true, (ArrowType) namesAndTypes[i + 1], null, Map.of()),
                    null));
        }
        return new Schema(fields);
    }

    private static void longs(VectorSchemaRoot batch, int column, Long... values) {
        BigIntVector vector = (BigIntVector) batch.getVector(column);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                vector.setSafe(i, values[i]);
            }
        }
    }

    private static void texts(VectorSchemaRoot batch, int column, String... values) {
        VarCharVector vector = (VarCharVector) batch.getVector(column);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                vector.setSafe(i, values[i].getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private List<Object> column(String name) {
        return TestCatalog.rows(table).stream().map(row -> row.getField(name)).toList();
    }
}
