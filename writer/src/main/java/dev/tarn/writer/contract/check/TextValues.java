package dev.tarn.writer.contract.check;

import dev.tarn.writer.internal.ColumnReaders;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.iceberg.types.Type;

/** The texts or bytes of one column of a batch, side by side on the heap. Confined to one thread. */
public final class TextValues {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Room after the last value, so that its first eight bytes can always be read as one word. */
    static final int PADDING = 8;

    /** The bytes of a word that belong to a value of so many bytes: a table, as no branch on lengths is foreseen well. */
    private static final long[] MASKS = {
        0, 0xFFL, 0xFFFFL, 0xFFFFFFL, 0xFFFFFFFFL, 0xFFFFFFFFFFL, 0xFFFFFFFFFFFFL, 0xFFFFFFFFFFFFFFL, -1L
    };

    private int[] offsets = {0};
    private byte[] bytes = new byte[PADDING];

    TextValues() {}

    void load(String path, Type type, FieldVector vector, int rows) {
        if (offsets.length < rows + 1) {
            offsets = new int[rows + 1];
        }
        boolean plain = (vector instanceof VarCharVector && type.typeId() == Type.TypeID.STRING)
                || (vector instanceof VarBinaryVector && type.typeId() == Type.TypeID.BINARY);
        if (plain && rows > 0) {
            loadPlain((BaseVariableWidthVector) vector, rows);
        } else {
            loadAny(path, type, vector, rows);
        }
    }

    private void loadPlain(BaseVariableWidthVector vector, int rows) {
        vector.getOffsetBuffer()
                .nioBuffer(0, (rows + 1) * 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(offsets, 0, rows + 1);
        int start = offsets[0];
        int length = offsets[rows] - start;
        if (bytes.length < length + PADDING) {
            bytes = new byte[length + length / 2 + PADDING];
        }
        vector.getDataBuffer().getBytes(start, bytes, 0, length);
        if (start != 0) {
            for (int i = 0; i <= rows; i++) {
                offsets[i] -= start;
            }
        }
    }

    private void loadAny(String path, Type type, FieldVector vector, int rows) {
        ColumnReaders.BytesReader reader = ColumnReaders.bytes(path, type, vector);
        int end = 0;
        offsets[0] = 0;
        for (int i = 0; i < rows; i++) {
            if (!vector.isNull(i)) {
                byte[] value = reader.at(i);
                if (bytes.length < end + value.length + PADDING) {
                    bytes = Arrays.copyOf(bytes, (end + value.length) * 2 + PADDING);
                }
                System.arraycopy(value, 0, bytes, end, value.length);
                end += value.length;
            }
            offsets[i + 1] = end;
        }
    }

    /** Where the value of a row begins in {@link #bytes}. */
    public int start(int row) {
        return offsets[row];
    }

    /** How many bytes the value of a row has. */
    public int length(int row) {
        return offsets[row + 1] - offsets[row];
    }

    /** All values; longer than they are together. */
    public byte[] bytes() {
        return bytes;
    }

    /** The value of a row as a string. */
    public String string(int row) {
        return new String(bytes, offsets[row], length(row), StandardCharsets.UTF_8);
    }

    /** How many code points the value of a row has. */
    int codePoints(int row) {
        int points = 0;
        for (int i = offsets[row]; i < offsets[row + 1]; i++) {
            // Continuation bytes begin with the bits 10.
            if ((bytes[i] & 0xC0) != 0x80) {
                points++;
            }
        }
        return points;
    }

    /** The first eight bytes of a value as one word, with zeros after its end. */
    static long head(byte[] bytes, int start, int length) {
        return (long) WORD.get(bytes, start) & MASKS[Math.min(length, 8)];
    }

    /** The last eight bytes of a value, or all of a shorter one. With {@link #head} it is all of up to 16 bytes. */
    static long tail(byte[] bytes, int start, int length) {
        return (long) WORD.get(bytes, start + Math.max(length - 8, 0)) & MASKS[Math.min(length, 8)];
    }

    /** A copy of a value with the room that {@link #head} needs. */
    static byte[] padded(byte[] value) {
        return Arrays.copyOf(value, value.length + PADDING);
    }
}
