package dev.tarn.writer.variant;

import dev.tarn.writer.arrow.ArrowSchemas;
import dev.tarn.writer.arrow.VariantValues;
import java.nio.BufferUnderflowException;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.variants.Variant;
import org.apache.iceberg.variants.VariantValue;

/**
 * One variant column and the columns that it is shredded into.
 *
 * @param column the variant
 * @param parquetType the group {@code typed_value}
 * @param typed where the typed parts of a value go
 * @param type the struct that takes the column's place
 */
record ShreddedColumn(
        Types.NestedField column, org.apache.parquet.schema.Type parquetType, TypedPart typed, Type type) {

    /** The columns for some values; empty if they have too little in common. */
    static Optional<ShreddedColumn> choose(Types.NestedField column, List<VariantValue> sample, FreshIds ids) {
        org.apache.parquet.schema.Type parquetType = new SampleAnalyzer().analyzeAndCreateSchema(sample, 0);
        if (parquetType == null) {
            return Optional.empty();
        }
        TypedPart typed = TypedPart.of(parquetType, ids);
        Type type = Types.StructType.of(
                Types.NestedField.required(ids.next(), PhysicalTypes.METADATA, Types.BinaryType.get()),
                Types.NestedField.optional(ids.next(), PhysicalTypes.VALUE, Types.BinaryType.get()),
                Types.NestedField.optional(ids.next(), PhysicalTypes.TYPED_VALUE, typed.type()));
        return Optional.of(new ShreddedColumn(column, parquetType, typed, type));
    }

    /** A vector of the shape of {@link #type} with some rows of a vector of variants; the caller closes it. */
    FieldVector shred(FieldVector vector, int rowCount, int[] rows, int count) {
        VariantVector variants = VariantVector.of(column, vector);
        StructVector target = (StructVector)
                ArrowSchemas.toArrow(PhysicalTypes.withType(column, type)).createVector(vector.getAllocator());
        try {
            target.allocateNew();
            VarBinaryVector metadata = target.getChild(PhysicalTypes.METADATA, VarBinaryVector.class);
            for (int i = 0; i < count; i++) {
                int row = rows[i];
                if (!variants.isNull(row)) {
                    Variant variant = variants.at(row);
                    target.setIndexDefined(row);
                    metadata.setSafe(row, VariantValues.bytes(variant.metadata()));
                    write(variants, variant, target, row);
                }
            }
            target.setValueCount(rowCount);
            return target;
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private void write(VariantVector variants, Variant variant, StructVector target, int row) {
        try {
            typed.write(variant.value(), target, row);
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | BufferUnderflowException e) {
            throw variants.damaged(e);
        }
    }
}
