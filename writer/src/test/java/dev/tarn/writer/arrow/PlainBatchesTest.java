package dev.tarn.writer.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlainBatchesTest {
    private static final DictionaryEncoding CITIES = new DictionaryEncoding(7, false, null);
    private static final ArrowType INT = new ArrowType.Int(32, true);
    private static final ArrowType LONG = new ArrowType.Int(64, true);

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void looksUpDictionariesAlsoInsideLists() {
        Field index = new Field("element", new FieldType(true, INT, CITIES, null), List.of());
        Field field = new Field("cities", FieldType.nullable(ArrowType.List.INSTANCE), List.of(index));
        try (VarCharVector values = cities();
                ListVector list = (ListVector) field.createVector(allocator)) {
            IntVector indexes = (IntVector) list.getDataVector();
            int start = list.startNewValue(0);
            indexes.setSafe(start, 1);
            indexes.setNull(start + 1);
            indexes.setSafe(start + 2, 0);
            list.endValue(0, 3);
            list.setNull(1);
            list.setValueCount(2);

            assertThat(plain(list, dictionary(values))).isEqualTo("[[\"Bonn\",null,\"Köln\"], null]");
        }
    }

    @Test
    void refusesANumberThatTheDictionaryDoesNotHave() {
        try (VarCharVector values = cities();
                IntVector indexes = new IntVector("city", new FieldType(true, INT, CITIES, null), allocator)) {
            indexes.setSafe(0, 2);
            indexes.setValueCount(1);

            assertThatThrownBy(() -> plain(indexes, dictionary(values)))
                    .isInstanceOfSatisfying(
                            TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                    .hasMessage("Column 'city' points at entry 2 of a dictionary with 2 entries");
        }
    }

    @Test
    void refusesAColumnWhoseDictionaryIsMissing() {
        try (IntVector indexes = new IntVector("city", new FieldType(true, INT, CITIES, null), allocator)) {
            assertThatThrownBy(() -> plain(indexes, new DictionaryProvider.MapDictionaryProvider()))
                    .isInstanceOf(TarnException.class)
                    .hasMessageStartingWith(
                            "Column 'city' is dictionary-encoded in Arrow and comes without its dictionary 7");
        }
    }

    @Test
    void repeatsRuns() {
        Field ends = new Field("run_ends", FieldType.notNullable(INT), List.of());
        Field values = new Field("values", FieldType.nullable(LONG), List.of());
        Field field = new Field("n", FieldType.notNullable(ArrowType.RunEndEncoded.INSTANCE), List.of(ends, values));
        try (RunEndEncodedVector runs = (RunEndEncodedVector) field.createVector(allocator)) {
            runs.allocateNew();
            ((IntVector) runs.getRunEndsVector()).setSafe(0, 2);
            ((IntVector) runs.getRunEndsVector()).setSafe(1, 3);
            runs.getRunEndsVector().setValueCount(2);
            ((BigIntVector) runs.getValuesVector()).setSafe(0, 5);
            runs.getValuesVector().setNull(1);
            runs.getValuesVector().setValueCount(2);
            runs.setValueCount(3);

            assertThat(plain(runs, new DictionaryProvider.MapDictionaryProvider()))
                    .isEqualTo("[5, 5, null]");
        }
    }

    @Test
    void listsWithLargeOffsetsBecomeLists() {
        try (LargeListVector lists = (LargeListVector) list(new ArrowType.LargeList())) {
            long start = lists.startNewValue(0);
            ((BigIntVector) lists.getDataVector()).setSafe((int) start, 1);
            ((BigIntVector) lists.getDataVector()).setSafe((int) start + 1, 2);
            lists.endValue(0, 2);
            lists.setNull(1);
            lists.startNewValue(2);
            lists.endValue(2, 0);
            lists.setValueCount(3);

            assertThat(plain(lists, new DictionaryProvider.MapDictionaryProvider()))
                    .isEqualTo("[[1,2], null, []]");
        }
    }

    @Test
    void viewsOfListsInAnyOrderBecomeLists() {
        try (ListViewVector lists = (ListViewVector) list(new ArrowType.ListView())) {
            fill(lists.getDataVector());
            lists.setValidity(0, 1);
            lists.setOffset(0, 2);
            lists.setSize(0, 1);
            lists.setValidity(1, 1);
            lists.setOffset(1, 0);
            lists.setSize(1, 2);
            lists.setValueCount(2);

            assertThat(plain(lists, new DictionaryProvider.MapDictionaryProvider()))
                    .isEqualTo("[[12], [10,11]]");
        }
    }

    @Test
    void largeViewsOfListsBecomeLists() {
        try (LargeListViewVector lists = (LargeListViewVector) list(new ArrowType.LargeListView())) {
            fill(lists.getDataVector());
            lists.setValidity(0, 1);
            lists.setOffset(0, 1);
            lists.setSize(0, 2);
            lists.setValueCount(1);

            assertThat(plain(lists, new DictionaryProvider.MapDictionaryProvider()))
                    .isEqualTo("[[11,12]]");
        }
    }

    @Test
    void passesPlainBatchesOn() {
        try (BigIntVector plain = new BigIntVector("n", allocator);
                VectorSchemaRoot batch = VectorSchemaRoot.of(plain);
                PlainBatches batches = PlainBatches.withoutDictionaries(batch.getSchema())) {
            assertThat(batches.plain(batch)).isSameAs(batch);
        }
    }

    private FieldVector list(ArrowType type) {
        Field element = new Field("element", FieldType.nullable(LONG), List.of());
        FieldVector vector = new Field("list", FieldType.nullable(type), List.of(element)).createVector(allocator);
        vector.allocateNew();
        return vector;
    }

    private static void fill(FieldVector elements) {
        for (int i = 0; i < 3; i++) {
            ((BigIntVector) elements).setSafe(i, 10 + i);
        }
        elements.setValueCount(3);
    }

    private VarCharVector cities() {
        VarCharVector values = new VarCharVector("values", allocator);
        values.setSafe(0, "Köln".getBytes(StandardCharsets.UTF_8));
        values.setSafe(1, "Bonn".getBytes(StandardCharsets.UTF_8));
        values.setValueCount(2);
        return values;
    }

    private static DictionaryProvider dictionary(FieldVector values) {
        return new DictionaryProvider.MapDictionaryProvider(new Dictionary(values, CITIES));
    }

    /** The text of the column's values after decoding. */
    private static String plain(FieldVector vector, DictionaryProvider dictionaries) {
        VectorSchemaRoot batch = VectorSchemaRoot.of(vector);
        try (PlainBatches batches = new PlainBatches(batch.getSchema(), dictionaries)) {
            FieldVector plain = batches.plain(batch).getVector(0);
            assertThat(plain.getField()).isEqualTo(batches.schema().getFields().get(0));
            assertThat(plain.getField().getMetadata()).isEqualTo(Map.of());
            StringBuilder text = new StringBuilder("[");
            for (int i = 0; i < plain.getValueCount(); i++) {
                text.append(i == 0 ? "" : ", ").append(plain.getObject(i));
            }
            return text.append("]").toString();
        }
    }
}
