package dev.tarn.writer.layout;

import dev.tarn.writer.internal.ColumnReaders;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Copies chosen rows of one batch behind the rows of another with the same columns, column by column. */
final class RowAppender {
    private static final int INT_BYTES = Integer.BYTES;

    private RowAppender() {}

    /**
     * Appends rows to the columns of a target.
     *
     * @param columns how many columns are copied; the target may have more, which the caller fills
     * @param start rows that the target has
     * @param rows row numbers in the source, of which those from {@code from} to before {@code to} are taken
     */
    static void append(
            VectorSchemaRoot target, int start, VectorSchemaRoot source, int columns, int[] rows, int from, int to) {
        for (int i = 0; i < columns; i++) {
            append(target.getVector(i), start, source.getVector(i), new Chosen(rows, from, to));
        }
    }

    /** Rows of the source vector, in the order in which they are appended. */
    private static final class Chosen {
        private final int[] rows;
        private final int from;
        private final int to;

        Chosen(int[] rows, int from, int to) {
            this.rows = rows;
            this.from = from;
            this.to = to;
        }

        int count() {
            return to - from;
        }

        int row(int number) {
            return rows[from + number];
        }
    }

    private static void append(FieldVector wrappedTarget, int start, FieldVector wrappedSource, Chosen chosen) {
        if (chosen.count() == 0) {
            return;
        }
        FieldVector target = ColumnReaders.storage(wrappedTarget);
        FieldVector source = ColumnReaders.storage(wrappedSource);
        if (source instanceof BitVector || source instanceof NullVector) {
            appendSingly(target, start, source, chosen);
        } else if (source instanceof BaseFixedWidthVector fixed) {
            appendFixed((BaseFixedWidthVector) target, start, fixed, chosen);
        } else if (source instanceof BaseVariableWidthVector variable) {
            appendVariable((BaseVariableWidthVector) target, start, variable, chosen);
        } else if (source instanceof StructVector struct) {
            appendStruct((StructVector) target, start, struct, chosen);
        } else if (source instanceof ListVector list) {
            appendList((ListVector) target, start, list, chosen);
        } else {
            appendSingly(target, start, source, chosen);
        }
    }

    private static void appendSingly(FieldVector target, int start, FieldVector source, Chosen chosen) {
        if (!(source instanceof NullVector)) {
            for (int i = 0; i < chosen.count(); i++) {
                target.copyFromSafe(chosen.row(i), start + i, source);
            }
        }
        target.setValueCount(start + chosen.count());
    }

    private static void appendFixed(
            BaseFixedWidthVector target, int start, BaseFixedWidthVector source, Chosen chosen) {
        int end = start + chosen.count();
        while (target.getValueCapacity() < end) {
            target.reAlloc();
        }
        int width = source.getTypeWidth();
        boolean nulls = source.getNullCount() > 0;
        ArrowBuf to = target.getDataBuffer();
        ArrowBuf from = source.getDataBuffer();
        ArrowBuf validity = target.getValidityBuffer();
        for (int i = 0; i < chosen.count(); i++) {
            int row = chosen.row(i);
            int at = start + i;
            if (nulls && source.isNull(row)) {
                BitVectorHelper.unsetBit(validity, at);
                continue;
            }
            BitVectorHelper.setBit(validity, at);
            switch (width) {
                case Long.BYTES -> to.setLong((long) at * Long.BYTES, from.getLong((long) row * Long.BYTES));
                case INT_BYTES -> to.setInt((long) at * INT_BYTES, from.getInt((long) row * INT_BYTES));
                default -> to.setBytes((long) at * width, from, (long) row * width, width);
            }
        }
        target.setValueCount(end);
    }

    private static void appendVariable(
            BaseVariableWidthVector target, int start, BaseVariableWidthVector source, Chosen chosen) {
        int end = start + chosen.count();
        while (target.getValueCapacity() < end) {
            target.reallocValidityAndOffsetBuffers();
        }
        boolean nulls = source.getNullCount() > 0;
        ArrowBuf offsets = target.getOffsetBuffer();
        ArrowBuf validity = target.getValidityBuffer();
        int length = start == 0 ? 0 : offsets.getInt((long) start * INT_BYTES);
        offsets.setInt((long) start * INT_BYTES, length);
        for (int i = 0; i < chosen.count(); i++) {
            int row = chosen.row(i);
            if (nulls && source.isNull(row)) {
                BitVectorHelper.unsetBit(validity, start + i);
            } else {
                BitVectorHelper.setBit(validity, start + i);
                length = Math.addExact(length, source.getEndOffset(row) - source.getStartOffset(row));
            }
            offsets.setInt((start + i + 1L) * INT_BYTES, length);
        }
        while (target.getDataBuffer().capacity() < length) {
            target.reallocDataBuffer();
        }
        copyData(target, start, source, chosen);
        target.setLastSet(end - 1);
        target.setValueCount(end);
    }

    private static void copyData(
            BaseVariableWidthVector target, int start, BaseVariableWidthVector source, Chosen chosen) {
        ArrowBuf offsets = target.getOffsetBuffer();
        ArrowBuf to = target.getDataBuffer();
        ArrowBuf from = source.getDataBuffer();
        int at = offsets.getInt((long) start * INT_BYTES);
        for (int i = 0; i < chosen.count(); i++) {
            int next = offsets.getInt((start + i + 1L) * INT_BYTES);
            if (next > at) {
                to.setBytes(at, from, source.getStartOffset(chosen.row(i)), next - at);
            }
            at = next;
        }
    }

    private static void appendStruct(StructVector target, int start, StructVector source, Chosen chosen) {
        for (int i = 0; i < chosen.count(); i++) {
            if (source.isNull(chosen.row(i))) {
                target.setNull(start + i);
            } else {
                target.setIndexDefined(start + i);
            }
        }
        for (int child = 0; child < source.size(); child++) {
            append(
                    (FieldVector) target.getChildByOrdinal(child),
                    start,
                    (FieldVector) source.getChildByOrdinal(child),
                    chosen);
        }
        target.setValueCount(start + chosen.count());
    }

    private static void appendList(ListVector target, int start, ListVector source, Chosen chosen) {
        int elements = 0;
        for (int i = 0; i < chosen.count(); i++) {
            int row = chosen.row(i);
            elements += source.isNull(row) ? 0 : source.getElementEndIndex(row) - source.getElementStartIndex(row);
        }
        int[] taken = new int[elements];
        int count = 0;
        int before = start == 0 ? 0 : target.getElementEndIndex(start - 1);
        for (int i = 0; i < chosen.count(); i++) {
            int row = chosen.row(i);
            if (source.isNull(row)) {
                target.setNull(start + i);
                continue;
            }
            target.startNewValue(start + i);
            int first = source.getElementStartIndex(row);
            int length = source.getElementEndIndex(row) - first;
            for (int element = 0; element < length; element++) {
                taken[count++] = first + element;
            }
            target.endValue(start + i, length);
        }
        append(target.getDataVector(), before, source.getDataVector(), new Chosen(taken, 0, elements));
        target.setValueCount(start + chosen.count());
    }
}
