package dev.tarn.writer.arrow;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.RunEndEncodedVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Batches without encodings of vectors: dictionaries are looked up, runs repeated, and lists with large offsets or views
 * become lists, at any depth. Columns that need none of this are passed on as they are. Confined to one thread; whoever
 * makes it closes it, which frees the last batch.
 */
public final class PlainBatches implements AutoCloseable {
    private final DictionaryProvider dictionaries;
    private final Schema schema;
    private final boolean[] encoded;
    private List<FieldVector> own = List.of();

    /**
     * For batches of a schema.
     *
     * @param dictionaries gives the dictionaries of the schema's fields; stays the caller's
     * @throws TarnException UNSUPPORTED naming the column, if a dictionary is missing
     */
    public PlainBatches(Schema schema, DictionaryProvider dictionaries) {
        this.dictionaries = dictionaries;
        this.encoded = new boolean[schema.getFields().size()];
        List<Field> fields = new ArrayList<>();
        for (Field field : schema.getFields()) {
            encoded[fields.size()] = isEncoded(field);
            fields.add(encoded[fields.size()] ? plain(field) : field);
        }
        this.schema = new Schema(fields, schema.getCustomMetadata());
    }

    /** For batches of a schema that come without dictionaries; a dictionary-encoded column is refused. */
    public static PlainBatches withoutDictionaries(Schema schema) {
        return new PlainBatches(schema, new DictionaryProvider.MapDictionaryProvider());
    }

    /** The schema of the plain batches. */
    public Schema schema() {
        return schema;
    }

    /** Whether batches are passed on as they are. */
    public boolean nothingToDo() {
        for (boolean one : encoded) {
            if (one) {
                return false;
            }
        }
        return true;
    }

    /**
     * The same rows, plain.
     *
     * @param batch has the schema that this was made for; stays the caller's
     * @return valid until the next call, and as long as the given batch; not to be closed
     */
    public VectorSchemaRoot plain(VectorSchemaRoot batch) {
        if (nothingToDo()) {
            return batch;
        }
        free();
        List<FieldVector> vectors = new ArrayList<>();
        List<FieldVector> made = new ArrayList<>();
        own = made;
        for (int i = 0; i < encoded.length; i++) {
            FieldVector vector = batch.getVector(i);
            if (encoded[i]) {
                FieldVector target = schema.getFields().get(i).createVector(vector.getAllocator());
                made.add(target);
                target.allocateNew();
                for (int row = 0; row < batch.getRowCount(); row++) {
                    copy(vector, row, target, row);
                }
                target.setValueCount(batch.getRowCount());
                vector = target;
            }
            vectors.add(vector);
        }
        return new VectorSchemaRoot(schema.getFields(), vectors, batch.getRowCount());
    }

    @Override
    public void close() {
        free();
    }

    private void free() {
        List<FieldVector> vectors = own;
        own = List.of();
        try (Closer closer = new Closer()) {
            vectors.forEach(closer::register);
        }
    }

    private static boolean isEncoded(Field field) {
        return field.getDictionary() != null
                || switch (field.getType().getTypeID()) {
                    case RunEndEncoded, LargeList, ListView, LargeListView -> true;
                    default -> field.getChildren().stream().anyMatch(PlainBatches::isEncoded);
                };
    }

    private Field plain(Field field) {
        if (field.getDictionary() != null) {
            return named(field, plain(dictionary(field).getVector().getField()));
        }
        if (field.getType().getTypeID() == ArrowType.ArrowTypeID.RunEndEncoded) {
            return named(field, plain(field.getChildren().get(1)));
        }
        ArrowType type =
                switch (field.getType().getTypeID()) {
                    case LargeList, ListView, LargeListView, FixedSizeList -> ArrowType.List.INSTANCE;
                    default -> field.getType();
                };
        return new Field(
                field.getName(),
                type(field, type),
                field.getChildren().stream().map(this::plain).toList());
    }

    /** A field with the values of another. */
    private static Field named(Field field, Field values) {
        return new Field(field.getName(), type(field, values.getType()), values.getChildren());
    }

    private static FieldType type(Field field, ArrowType type) {
        return new FieldType(field.isNullable(), type, null, field.getMetadata());
    }

    private Dictionary dictionary(Field field) {
        Dictionary dictionary = dictionaries.lookup(field.getDictionary().getId());
        if (dictionary == null) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' is dictionary-encoded in Arrow and comes without its dictionary %d; decode it before writing"
                            .formatted(field.getName(), field.getDictionary().getId()));
        }
        return dictionary;
    }

    private void copy(FieldVector from, int index, FieldVector to, int target) {
        if (from instanceof RunEndEncodedVector runs) {
            copy(runs.getValuesVector(), runs.getPhysicalIndex(index), to, target);
            return;
        }
        if (from.isNull(index)) {
            to.setNull(target);
            return;
        }
        Field field = from.getField();
        if (field.getDictionary() != null) {
            copyFromDictionary(field, ((BaseIntVector) from).getValueAsLong(index), to, target);
        } else if (to instanceof ListVector list) {
            copyElements(from, index, list, target);
        } else if (to instanceof StructVector struct) {
            struct.setIndexDefined(target);
            for (int child = 0; child < struct.size(); child++) {
                FieldVector source = from.getChildrenFromFields().get(child);
                copy(source, index, (FieldVector) struct.getChildByOrdinal(child), target);
            }
        } else {
            to.copyFromSafe(index, target, from);
        }
    }

    private void copyFromDictionary(Field field, long number, FieldVector to, int target) {
        FieldVector values = dictionary(field).getVector();
        if (number < 0 || number >= values.getValueCount()) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "Column '%s' points at entry %d of a dictionary with %d entries"
                            .formatted(field.getName(), number, values.getValueCount()));
        }
        copy(values, (int) number, to, target);
    }

    private void copyElements(FieldVector from, int index, ListVector to, int target) {
        Range range = Range.of(from, index);
        FieldVector elements = from.getChildrenFromFields().get(0);
        int at = to.startNewValue(target);
        for (int i = 0; i < range.count; i++) {
            copy(elements, Math.toIntExact(range.start + i), to.getDataVector(), at + i);
        }
        to.endValue(target, range.count);
    }

    /** Where the elements of one list are. */
    private record Range(long start, int count) {
        static Range of(FieldVector list, int index) {
            if (list instanceof ListViewVector views) {
                // Arrow's getElementEndIndex gives the size of a view, so both are read from their buffers.
                int start = views.getOffsetBuffer().getInt((long) index * Integer.BYTES);
                return new Range(start, views.getSizeBuffer().getInt((long) index * Integer.BYTES));
            }
            if (list instanceof BaseListVector lists) {
                int start = lists.getElementStartIndex(index);
                return new Range(start, lists.getElementEndIndex(index) - start);
            }
            if (list instanceof LargeListVector lists) {
                long start = lists.getElementStartIndex(index);
                return new Range(start, Math.toIntExact(lists.getElementEndIndex(index) - start));
            }
            if (list instanceof LargeListViewVector views) {
                long start = views.getOffsetBuffer().getLong((long) index * Long.BYTES);
                return new Range(start, Math.toIntExact(views.getSizeBuffer().getLong((long) index * Long.BYTES)));
            }
            throw new IllegalStateException("no list: " + list.getField());
        }
    }
}
