package dev.tarn.writer.copy;

import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.SourceColumns.SourceColumn;
import dev.tarn.writer.internal.ColumnReaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Puts a column of an Arrow batch into one of the table's type, nested ones field by field. */
final class ArrowColumn {
    private ArrowColumn() {}

    /**
     * Moves or converts a column. Rows that do not fit are told to the errors.
     *
     * @param given emptied, if its type is that of the target
     * @throws TarnException INVALID if the types do not go together
     */
    static void move(
            Types.NestedField column,
            FieldVector given,
            FieldVector target,
            int rows,
            ColumnMapping mapping,
            BatchErrors errors) {
        FieldVector source = ColumnReaders.storage(given);
        boolean same = column.type().isPrimitiveType()
                && source.getField().getType().equals(target.getField().getType());
        if (same) {
            checkNulls(column, source, rows, errors);
            checkText(column, source, rows, errors);
            target.clear();
            source.makeTransferPair(target).transfer();
            return;
        }
        Copier copier = copier(column.name(), column.type(), source, target, mapping);
        target.clear();
        target.setInitialCapacity(rows);
        target.allocateNew();
        for (int row = 0; row < rows; row++) {
            try {
                copy(column.name(), column.isRequired(), copier, source, row, target, row);
            } catch (UnfitValueException e) {
                errors.add(row, e);
            } catch (TarnException e) {
                // The readers of vectors name the column in their message.
                errors.add(row, new UnfitValueException("", String.valueOf(e.getMessage())));
            }
        }
        target.setValueCount(rows);
    }

    /** Copies the value at one place of a vector, which is not null, to a place of another. */
    @FunctionalInterface
    private interface Copier {
        void copy(int from, int to);
    }

    private static void checkNulls(Types.NestedField column, FieldVector source, int rows, BatchErrors errors) {
        if (column.isOptional() || source.getNullCount() == 0) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            if (source.isNull(row)) {
                errors.add(row, new UnfitValueException(column.name(), "is required but null"));
            }
        }
    }

    private static void checkText(Types.NestedField column, FieldVector source, int rows, BatchErrors errors) {
        if (source instanceof VarCharVector text) {
            for (int row = 0; row < rows; row++) {
                if (!text.isNull(row) && !Utf8.isValid(text.get(row))) {
                    errors.add(row, new UnfitValueException(column.name(), "is not UTF-8"));
                }
            }
        }
    }

    private static void copy(
            String name, boolean required, Copier copier, FieldVector source, int from, FieldVector target, int to) {
        if (!source.isNull(from)) {
            copier.copy(from, to);
            return;
        }
        target.setNull(to);
        if (required) {
            throw new UnfitValueException(name, "is required but null");
        }
    }

    private static Copier copier(String name, Type type, FieldVector given, FieldVector target, ColumnMapping mapping) {
        FieldVector source = ColumnReaders.storage(given);
        return switch (type.typeId()) {
            case STRUCT -> struct(name, type.asStructType(), source, (StructVector) target, mapping);
            case LIST -> list(name, type.asListType(), source, (ListVector) target, mapping);
            case MAP -> map(name, type.asMapType(), source, (ListVector) target, mapping);
            default -> primitive(name, type, source, target);
        };
    }

    private static Copier primitive(String name, Type type, FieldVector source, FieldVector target) {
        return switch (type.typeId()) {
            case BOOLEAN -> {
                ColumnReaders.BooleanReader reader = ColumnReaders.booleans(name, source);
                yield (from, to) -> ((BitVector) target).setSafe(to, reader.at(from) ? 1 : 0);
            }
            case INTEGER -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(name, type, source);
                yield (from, to) -> ((IntVector) target).setSafe(to, (int) reader.at(from));
            }
            case DATE -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(name, type, source);
                yield (from, to) -> ((DateDayVector) target).setSafe(to, day(name, type, reader.at(from)));
            }
            case LONG -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(name, type, source);
                yield (from, to) -> ((BigIntVector) target).setSafe(to, reader.at(from));
            }
            case TIME -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(name, type, source);
                yield (from, to) -> ((TimeMicroVector) target).setSafe(to, reader.at(from));
            }
            case TIMESTAMP, TIMESTAMP_NANO -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(name, type, source);
                yield (from, to) -> ((TimeStampVector) target).setSafe(to, reader.at(from));
            }
            case FLOAT -> {
                ColumnReaders.DoubleReader reader = ColumnReaders.doubles(name, type, source);
                yield (from, to) -> ((Float4Vector) target).setSafe(to, (float) reader.at(from));
            }
            case DOUBLE -> {
                ColumnReaders.DoubleReader reader = ColumnReaders.doubles(name, type, source);
                yield (from, to) -> ((Float8Vector) target).setSafe(to, reader.at(from));
            }
            case STRING -> {
                ColumnReaders.BytesReader reader = ColumnReaders.bytes(name, type, source);
                yield (from, to) -> ((VarCharVector) target).setSafe(to, text(name, reader.at(from)));
            }
            case BINARY -> {
                ColumnReaders.BytesReader reader = ColumnReaders.bytes(name, type, source);
                yield (from, to) -> ((VarBinaryVector) target).setSafe(to, reader.at(from));
            }
            case UUID, FIXED -> {
                ColumnReaders.BytesReader reader = ColumnReaders.bytes(name, type, source);
                yield (from, to) -> ((FixedSizeBinaryVector) target).setSafe(to, reader.at(from));
            }
            case DECIMAL -> {
                ColumnReaders.DecimalReader reader = ColumnReaders.decimals(name, (Types.DecimalType) type, source);
                yield (from, to) -> ((DecimalVector) target).setSafe(to, reader.at(from));
            }
            default -> throw ColumnReaders.mismatch(name, type, source);
        };
    }

    private static int day(String name, Type type, long days) {
        if (days != (int) days) {
            throw new UnfitValueException(name, ColumnValues.expectation(type) + ", but the value is out of its range");
        }
        return (int) days;
    }

    private static byte[] text(String name, byte[] bytes) {
        if (!Utf8.isValid(bytes)) {
            throw new UnfitValueException(name, "is not UTF-8");
        }
        return bytes;
    }

    private record Part(String name, boolean required, Copier copier, FieldVector source, FieldVector target) {
        static Part of(
                String name,
                boolean required,
                Type type,
                FieldVector source,
                FieldVector target,
                ColumnMapping mapping) {
            return new Part(name, required, ArrowColumn.copier(name, type, source, target, mapping), source, target);
        }

        void copyFrom(int from, int to) {
            ArrowColumn.copy(name, required, copier, source, from, target, to);
        }
    }

    private static Copier struct(
            String name, Types.StructType type, FieldVector given, StructVector target, ColumnMapping mapping) {
        if (!(given instanceof StructVector source)) {
            throw ColumnReaders.mismatch(name, type, given);
        }
        List<SourceColumn> found = ArrowBatches.sources(source.getField().getChildren());
        int[] places = SourceColumns.places("'%s'".formatted(name), found, type.fields(), mapping);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            if (places[i] != SourceColumns.ABSENT) {
                Types.NestedField field = type.fields().get(i);
                parts.add(Part.of(
                        name + "." + field.name(),
                        field.isRequired(),
                        field.type(),
                        (FieldVector) source.getChildByOrdinal(places[i]),
                        (FieldVector) target.getChildByOrdinal(i),
                        mapping));
            }
        }
        return (from, to) -> {
            target.setIndexDefined(to);
            for (Part part : parts) {
                part.copyFrom(from, to);
            }
        };
    }

    private static Copier list(
            String name, Types.ListType type, FieldVector given, ListVector target, ColumnMapping mapping) {
        if (!(given instanceof BaseListVector source)) {
            throw ColumnReaders.mismatch(name, type, given);
        }
        Part elements = Part.of(
                name + ".element",
                !type.isElementOptional(),
                type.elementType(),
                source.getChildrenFromFields().get(0),
                target.getDataVector(),
                mapping);
        return (from, to) -> repeat(source, from, target, to, elements::copyFrom);
    }

    private static Copier map(
            String name, Types.MapType type, FieldVector given, ListVector target, ColumnMapping mapping) {
        if (!(given instanceof MapVector source)) {
            throw ColumnReaders.mismatch(name, type, given);
        }
        StructVector pairs = (StructVector) source.getDataVector();
        StructVector entries = (StructVector) target.getDataVector();
        Part keys = Part.of(
                name + ".key",
                true,
                type.keyType(),
                (FieldVector) pairs.getChildByOrdinal(0),
                (FieldVector) entries.getChildByOrdinal(0),
                mapping);
        Part values = Part.of(
                name + ".value",
                !type.isValueOptional(),
                type.valueType(),
                (FieldVector) pairs.getChildByOrdinal(1),
                (FieldVector) entries.getChildByOrdinal(1),
                mapping);
        return (from, to) -> repeat(source, from, target, to, (fromEntry, toEntry) -> {
            entries.setIndexDefined(toEntry);
            keys.copyFrom(fromEntry, toEntry);
            values.copyFrom(fromEntry, toEntry);
        });
    }

    private static void repeat(BaseListVector source, int from, ListVector target, int to, Copier element) {
        int start = source.getElementStartIndex(from);
        int count = source.getElementEndIndex(from) - start;
        int at = target.startNewValue(to);
        for (int i = 0; i < count; i++) {
            element.copy(start + i, at + i);
        }
        target.endValue(to, count);
    }
}
