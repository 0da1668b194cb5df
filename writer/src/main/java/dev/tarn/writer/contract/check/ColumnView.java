package dev.tarn.writer.contract.check;

import dev.tarn.writer.internal.ColumnReaders;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One column of the current batch on the heap, decoded when it is first asked for. Values at null positions are arbitrary.
 * Confined to one thread.
 */
public final class ColumnView {
    private static final long[] NO_WORDS = {};

    private final Types.NestedField field;
    private final String path;
    private final String[] parts;
    private final TextValues text = new TextValues();
    private @Nullable TextCodes codes;

    private @Nullable FieldVector vector;
    private int rows;
    private long[] valid = NO_WORDS;
    private long[] parentValid = NO_WORDS;
    private boolean hasNulls;
    private boolean hasNullParents;

    private long[] longs = {};
    private double[] doubles = {};
    private boolean longsLoaded;
    private boolean doublesLoaded;
    private boolean textLoaded;
    private boolean codesLoaded;
    private long smallest;
    private long largest;

    ColumnView(Schema schema, String path) {
        Types.NestedField found = schema.findField(path);
        if (found == null) {
            throw new IllegalArgumentException("The schema has no column " + path);
        }
        this.field = found;
        this.path = path;
        // A top-level column may have dots in its name.
        boolean isTop = schema.columns().contains(found);
        this.parts = isTop ? new String[] {path} : path.split("\\.", -1);
    }

    void moveTo(VectorSchemaRoot batch) {
        rows = batch.getRowCount();
        longsLoaded = false;
        doublesLoaded = false;
        textLoaded = false;
        codesLoaded = false;
        hasNulls = false;
        hasNullParents = false;
        List<FieldVector> chain = chain(batch);
        vector = chain.size() == parts.length ? ColumnReaders.storage(chain.get(chain.size() - 1)) : null;
        for (int i = 0; i < chain.size(); i++) {
            boolean leaf = i == parts.length - 1;
            FieldVector part = ColumnReaders.storage(chain.get(i));
            if (part.getNullCount() > 0) {
                addNulls(part, leaf);
            }
        }
    }

    private List<FieldVector> chain(VectorSchemaRoot batch) {
        List<FieldVector> chain = new ArrayList<>();
        FieldVector next = batch.getVector(parts[0]);
        for (int i = 1; next != null; i++) {
            chain.add(next);
            next = i < parts.length && next instanceof StructVector struct
                    ? struct.getChild(parts[i], FieldVector.class)
                    : null;
        }
        return chain;
    }

    private void addNulls(FieldVector part, boolean leaf) {
        long[] words = words(part.getValidityBuffer(), rows);
        if (!leaf) {
            parentValid = hasNullParents ? and(parentValid, words) : words.clone();
            hasNullParents = true;
        }
        valid = hasNulls ? and(valid, words) : words;
        hasNulls = true;
    }

    private static long[] and(long[] left, long[] right) {
        long[] both = new long[left.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = left[i] & right[i];
        }
        return both;
    }

    private static long[] words(ArrowBuf buffer, int rows) {
        int bytes = (rows + 7) >>> 3;
        byte[] copy = new byte[((rows + 63) >>> 6) * 8];
        buffer.getBytes(0, copy, 0, bytes);
        long[] words = new long[copy.length / 8];
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
        return words;
    }

    /** The column of the table. */
    public Types.NestedField field() {
        return field;
    }

    /** Rows of the batch. */
    public int rows() {
        return rows;
    }

    /** Whether the batch has no such column, so that every row gets the default of the table or null. */
    public boolean isAbsent() {
        return vector == null;
    }

    /** Whether some value is null. */
    public boolean hasNulls() {
        return hasNulls;
    }

    /** Whether the value, or a struct around it, is null. */
    public boolean isNull(int row) {
        return hasNulls && (valid[row >>> 6] >>> row & 1) == 0;
    }

    /** Whether a struct around the value is null, so that nothing is missing. */
    boolean isParentNull(int row) {
        return hasNullParents && (parentValid[row >>> 6] >>> row & 1) == 0;
    }

    FieldVector vector() {
        if (vector == null) {
            throw new IllegalStateException("The batch has no column " + path);
        }
        return vector;
    }

    /** Whole numbers, dates, times and timestamps as Iceberg counts them. */
    public long[] longs() {
        if (!longsLoaded) {
            if (longs.length < rows) {
                longs = new long[rows];
            }
            loadLongs(vector());
            findEnds();
            longsLoaded = true;
        }
        return longs;
    }

    /** The smallest of {@link #longs} or less. */
    public long smallest() {
        longs();
        return smallest;
    }

    /** The largest of {@link #longs} or more. */
    public long largest() {
        longs();
        return largest;
    }

    /** Floating-point numbers. */
    public double[] doubles() {
        if (!doublesLoaded) {
            if (doubles.length < rows) {
                doubles = new double[rows];
            }
            loadDoubles(vector());
            doublesLoaded = true;
        }
        return doubles;
    }

    /** Texts and bytes. */
    public TextValues text() {
        if (!textLoaded) {
            text.load(path, field.type(), vector(), rows);
            textLoaded = true;
        }
        return text;
    }

    /** The texts as numbers, if there are few. */
    TextCodes codes() {
        TextCodes loaded = codes;
        if (loaded == null) {
            loaded = new TextCodes();
            codes = loaded;
        }
        if (!codesLoaded) {
            loaded.load(this);
            codesLoaded = true;
        }
        return loaded;
    }

    private void loadLongs(FieldVector from) {
        if (isPlain(from, 8)) {
            from.getDataBuffer()
                    .nioBuffer(0, rows * 8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .get(longs, 0, rows);
            return;
        }
        if (isPlain(from, 4)) {
            ByteBuffer values = from.getDataBuffer().nioBuffer(0, rows * 4).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < rows; i++) {
                longs[i] = values.getInt(i * 4);
            }
            return;
        }
        ColumnReaders.LongReader reader = ColumnReaders.longs(path, field.type(), from);
        for (int i = 0; i < rows; i++) {
            longs[i] = isNull(i) ? 0 : reader.at(i);
        }
    }

    /** Whether the buffer holds the values of the column as they are, in so many bytes each. */
    private boolean isPlain(FieldVector from, int bytes) {
        Type.TypeID type = field.type().typeId();
        boolean plain =
                switch (type) {
                    case INTEGER -> bytes == 4 && from instanceof IntVector;
                    case LONG -> bytes == 8 ? from instanceof BigIntVector : from instanceof IntVector;
                    case DATE -> bytes == 4 && from instanceof DateDayVector;
                    case TIME -> bytes == 8 && from instanceof TimeMicroVector;
                    case TIMESTAMP, TIMESTAMP_NANO -> bytes == 8 && isSameUnit(from, type);
                    default -> false;
                };
        return plain && rows > 0;
    }

    private boolean isSameUnit(FieldVector from, Type.TypeID type) {
        if (!(from instanceof TimeStampVector) || !(from.getField().getType() instanceof ArrowType.Timestamp given)) {
            return false;
        }
        TimeUnit unit = type == Type.TypeID.TIMESTAMP ? TimeUnit.MICROSECOND : TimeUnit.NANOSECOND;
        boolean zoned = field.type().toString().contains("tz");
        return given.getUnit() == unit && (given.getTimezone() != null) == zoned;
    }

    private void findEnds() {
        long low = Long.MAX_VALUE;
        long high = Long.MIN_VALUE;
        for (int i = 0; i < rows; i++) {
            // Null positions mostly hold 0; leaving them out keeps ranges without 0 on the fast way.
            if (hasNulls && isNull(i)) {
                continue;
            }
            low = Math.min(low, longs[i]);
            high = Math.max(high, longs[i]);
        }
        smallest = low;
        largest = high;
    }

    private void loadDoubles(FieldVector from) {
        if (from instanceof Float8Vector && field.type().typeId() == Type.TypeID.DOUBLE && rows > 0) {
            from.getDataBuffer()
                    .nioBuffer(0, rows * 8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asDoubleBuffer()
                    .get(doubles, 0, rows);
            return;
        }
        ColumnReaders.DoubleReader reader = ColumnReaders.doubles(path, field.type(), from);
        for (int i = 0; i < rows; i++) {
            doubles[i] = isNull(i) ? 0 : reader.at(i);
        }
    }
}
