package dev.tarn.writer.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.RowTransposer;
import dev.tarn.writer.parquet.RandomRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortDirection;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.SortOrderComparators;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Term;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class SortKeyEncoderTest {
    private static final Schema SCHEMA = RandomRows.SCHEMA;

    /** Everything that can be sorted by, but for uuids, which Iceberg's comparators order as pairs of signed numbers. */
    private static final List<Term> TERMS = List.of(
            Expressions.ref("id"),
            Expressions.ref("b"),
            Expressions.ref("i"),
            Expressions.ref("f"),
            Expressions.ref("d"),
            Expressions.ref("date"),
            Expressions.ref("time"),
            Expressions.ref("ts"),
            Expressions.ref("tstz"),
            Expressions.ref("tsns"),
            Expressions.ref("tstzns"),
            Expressions.ref("s"),
            Expressions.ref("fix"),
            Expressions.ref("bin"),
            Expressions.ref("d9"),
            Expressions.ref("d18"),
            Expressions.ref("d38"),
            Expressions.ref("struct.x"),
            Expressions.ref("struct.y"),
            Expressions.bucket("s", 7),
            Expressions.truncate("s", 3),
            Expressions.truncate("bin", 1),
            Expressions.truncate("d38", 50),
            Expressions.year("date"),
            Expressions.month("tsns"),
            Expressions.day("tstz"),
            Expressions.hour("ts"));

    @Test
    void keysAreOrderedAsIcebergOrdersRows() {
        long seed = System.nanoTime();
        System.out.println("keysAreOrderedAsIcebergOrdersRows seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            SortOrder order = randomOrder(random);
            List<Record> rows = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                rows.add(RandomRows.next(random));
            }
            assertSameOrder(SCHEMA, order, rows, "seed " + seed + " order " + order);
        }
    }

    @Test
    void specialNumbersAndTextThatBeginsOtherTextAreInPlace() {
        Schema schema = new Schema(
                Types.NestedField.optional(1, "d", Types.DoubleType.get()),
                Types.NestedField.optional(2, "s", Types.StringType.get()),
                Types.NestedField.optional(3, "f", Types.FloatType.get()));
        List<Record> rows = new ArrayList<>();
        for (Double number : new Double[] {Double.NaN, -0.0, 0.0, Double.NEGATIVE_INFINITY, 1.5, null}) {
            for (String text : new String[] {"", "a", "a\0", "a\0b", "ab", "\uFFFD", "\uD83D\uDE00", null}) {
                Record row = GenericRecord.create(schema);
                row.setField("d", number);
                row.setField("s", text);
                row.setField("f", number == null ? null : number.floatValue());
                rows.add(row);
            }
        }
        for (SortDirection direction : SortDirection.values()) {
            for (NullOrder nulls : NullOrder.values()) {
                SortOrder order = SortOrder.builderFor(schema)
                        .sortBy("s", direction, nulls)
                        .sortBy("d", direction, nulls)
                        .sortBy("f", SortDirection.ASC, nulls)
                        .build();
                assertSameOrder(schema, order, rows, order.toString());
            }
        }
    }

    @Test
    void uuidsAreOrderedByTheirBytesAsInFileStatistics() {
        Schema schema = new Schema(Types.NestedField.optional(1, "u", Types.UUIDType.get()));
        SortOrder order = SortOrder.builderFor(schema).asc("u").build();
        List<Record> rows = new ArrayList<>();
        for (String text : List.of(
                "00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-8000-000000000000",
                "7fffffff-ffff-ffff-0000-000000000000",
                "80000000-0000-0000-0000-000000000000")) {
            Record row = GenericRecord.create(schema);
            row.setField("u", UUID.fromString(text));
            rows.add(row);
        }

        SortKeys keys = keys(schema, order, rows);

        for (int i = 1; i < rows.size(); i++) {
            assertThat(keys.compare(i - 1, i)).isNegative();
        }
    }

    @Test
    void anUnsortedOrderHasNoEncoder() {
        assertThat(SortKeyEncoder.of(SCHEMA, SortOrder.unsorted())).isEmpty();
    }

    private static SortOrder randomOrder(Random random) {
        SortOrder.Builder builder = SortOrder.builderFor(SCHEMA);
        for (int i = random.nextInt(3); i >= 0; i--) {
            builder.sortBy(
                    TERMS.get(random.nextInt(TERMS.size())),
                    random.nextBoolean() ? SortDirection.ASC : SortDirection.DESC,
                    random.nextBoolean() ? NullOrder.NULLS_FIRST : NullOrder.NULLS_LAST);
        }
        return builder.build();
    }

    private static void assertSameOrder(Schema schema, SortOrder order, List<Record> rows, String description) {
        Comparator<StructLike> expected = SortOrderComparators.forSchema(schema, order);
        SortKeys keys = keys(schema, order, rows);
        for (int left = 0; left < rows.size(); left++) {
            for (int right = 0; right < rows.size(); right++) {
                int wanted = expected.compare(internal(schema, rows.get(left)), internal(schema, rows.get(right)));
                assertThat(Integer.signum(keys.compare(left, right)))
                        .as("%s: rows %d and %d", description, left, right)
                        .isEqualTo(Integer.signum(wanted));
            }
        }
    }

    private static StructLike internal(Schema schema, Record row) {
        return new InternalRecordWrapper(schema.asStruct()).wrap(row);
    }

    private static SortKeys keys(Schema schema, SortOrder order, List<Record> rows) {
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot batch = VectorSchemaRoot.create(ArrowSchemas.toArrow(schema), allocator)) {
            RowTransposer transposer = new RowTransposer(schema, batch);
            transposer.begin();
            rows.forEach(row -> transposer.add((name, position) -> row.getField(name)));
            transposer.end();
            int[] all = new int[rows.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
            }
            SortKeys keys = new SortKeys();
            SortKeyEncoder.of(schema, order).orElseThrow().encode(batch, all, 0, all.length, keys);
            return keys;
        }
    }
}
