package dev.tarn.writer.variant;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.internal.ColumnReaders.BytesReader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantMetadata;
import org.apache.iceberg.variants.VariantValue;
import org.apache.iceberg.variants.Variants;

/** The variants of a vector that holds each as metadata and value. */
final class VariantVector {
    private final String column;
    private final StructVector struct;
    private final BytesReader metadata;
    private final BytesReader values;

    private VariantVector(String column, StructVector struct, BytesReader metadata, BytesReader values) {
        this.column = column;
        this.struct = struct;
        this.metadata = metadata;
        this.values = values;
    }

    /**
     * The variants of a vector.
     *
     * @throws TarnException INVALID naming the column, if the vector has another shape
     */
    static VariantVector of(Types.NestedField column, FieldVector given) {
        if (!(ColumnReaders.storage(given) instanceof StructVector struct)) {
            throw ColumnReaders.mismatch(column.name(), column.type(), given);
        }
        return new VariantVector(
                column.name(),
                struct,
                part(column, struct, PhysicalTypes.METADATA),
                part(column, struct, PhysicalTypes.VALUE));
    }

    boolean isNull(int index) {
        return struct.isNull(index);
    }

    /** The variant at a position that is not null. */
    Variant at(int index) {
        try {
            VariantMetadata names = Variants.metadata(buffer(metadata.at(index)));
            return Variant.of(names, VariantValue.from(names, buffer(values.at(index))));
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | UnsupportedOperationException
                | BufferUnderflowException e) {
            throw damaged(e);
        }
    }

    /** Says that the bytes of a value cannot be taken apart. */
    TarnException damaged(RuntimeException cause) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' expects a variant but the batch holds bytes that are none; correct them before writing"
                        .formatted(column),
                cause);
    }

    /** The values, without nulls, of some of the first rows. */
    List<VariantValue> sample(int[] rows, int count, int sampleRows) {
        List<VariantValue> sample = new ArrayList<>();
        for (int i = 0; i < Math.min(count, sampleRows); i++) {
            if (!isNull(rows[i])) {
                sample.add(at(rows[i]).value());
            }
        }
        return sample;
    }

    private static BytesReader part(Types.NestedField column, StructVector struct, String name) {
        FieldVector part = struct.getChild(name, FieldVector.class);
        if (part == null) {
            throw ColumnReaders.mismatch(column.name(), column.type(), struct);
        }
        return ColumnReaders.bytes(column.name() + "." + name, Types.BinaryType.get(), ColumnReaders.storage(part));
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
