package dev.tarn.writer.index;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** The keys of the rows of one batch, read column by column without boxing. Confined to one thread. */
public final class ArrowKeys {
    private final List<Cell> cells = new ArrayList<>();
    private final KeyHash hash;

    /** Appends one column of a row to a key. */
    @FunctionalInterface
    private interface Appender {
        void append(int row);
    }

    private record Cell(String name, IntPredicate isNull, Appender appender) {}

    /**
     * Over a batch, whose columns are found by name; one that is left out has its write-default.
     *
     * @param hash is set to the key of each row
     * @throws TarnException INVALID if a vector does not fit its column
     */
    public ArrowKeys(KeyColumns columns, VectorSchemaRoot batch, KeyHash hash) {
        this.hash = hash;
        for (Types.NestedField column : columns.schema().columns()) {
            cells.add(cell(column, batch.getVector(column.name())));
        }
    }

    /**
     * Sets the hash to the key of a row.
     *
     * @throws TarnException INVALID naming the column, if a part of the key is null
     */
    public void read(int row) {
        hash.begin();
        for (Cell cell : cells) {
            if (cell.isNull().test(row)) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Key column '%s' is null or missing in row %d of the batch; every row needs its key"
                                .formatted(cell.name(), row));
            }
            cell.appender().append(row);
        }
        hash.end();
    }

    private Cell cell(Types.NestedField column, @Nullable FieldVector given) {
        if (given == null) {
            Object value = column.writeDefault();
            return new Cell(column.name(), row -> value == null, row -> constant(column, value));
        }
        FieldVector vector = ColumnReaders.storage(given);
        return new Cell(column.name(), vector::isNull, appender(column, vector));
    }

    private Appender appender(Types.NestedField column, FieldVector vector) {
        return switch (column.type().typeId()) {
            case BOOLEAN -> {
                ColumnReaders.BooleanReader reader = ColumnReaders.booleans(column.name(), vector);
                yield row -> hash.putLong(reader.at(row) ? 1 : 0);
            }
            case STRING, FIXED, BINARY -> {
                ColumnReaders.BytesReader reader = ColumnReaders.bytes(column.name(), column.type(), vector);
                yield row -> hash.putBytes(reader.at(row));
            }
            case UUID -> {
                ColumnReaders.BytesReader reader = ColumnReaders.bytes(column.name(), column.type(), vector);
                yield row -> hash.putUuid(reader.at(row));
            }
            case DECIMAL -> {
                ColumnReaders.DecimalReader reader =
                        ColumnReaders.decimals(column.name(), (Types.DecimalType) column.type(), vector);
                yield row -> hash.putUnscaled(reader.at(row).unscaledValue().toByteArray());
            }
            default -> {
                ColumnReaders.LongReader reader = ColumnReaders.longs(column.name(), column.type(), vector);
                yield row -> hash.putLong(reader.at(row));
            }
        };
    }

    private void constant(Types.NestedField column, @Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("A null has no key");
        }
        hash.put(column, value);
    }
}
