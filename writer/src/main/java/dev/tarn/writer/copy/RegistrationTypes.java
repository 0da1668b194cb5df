package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;

/** Whether the columns of a Parquet file are read, with their statistics, as the columns of a table. */
final class RegistrationTypes {
    private final Schema table;

    RegistrationTypes(Schema table) {
        this.table = table;
    }

    /**
     * Refuses what would be read wrongly.
     *
     * @param found the schema of the file, whose ids are its own or come from a name mapping
     * @param hasIds whether they are its own: then names must agree as well, since ids of another table may be the same
     */
    void check(MessageType parquet, Schema found, boolean hasIds) {
        refuseOtherUnits(parquet);
        List<String> names =
                table.columns().stream().map(Types.NestedField::name).toList();
        for (Types.NestedField given : found.columns()) {
            Types.NestedField column = table.findField(given.fieldId());
            boolean ofTable = column != null && names.contains(column.name());
            if (hasIds && ofTable && !column.name().equals(given.name())) {
                throw invalid("field id %d is column '%s' of the table but '%s' in the file"
                        .formatted(given.fieldId(), column.name(), given.name()));
            }
            if (!ofTable && names.contains(given.name())) {
                throw invalid("column '%s' has field id %d in the table but %d in the file"
                        .formatted(given.name(), table.findField(given.name()).fieldId(), given.fieldId()));
            }
            if (ofTable) {
                check(column.name(), column.type(), given.type());
            }
        }
        if (found.columns().stream().noneMatch(given -> table.findField(given.fieldId()) != null)) {
            throw invalid("it has no column of the table%s"
                    .formatted(
                            found.columns().isEmpty()
                                    ? ""
                                    : NearestName.hint(found.columns().get(0).name(), names)));
        }
    }

    private static void check(String name, Type expected, Type given) {
        if (expected.isPrimitiveType() && given.isPrimitiveType()) {
            // Iceberg's conversion of Parquet types knows no uuid.
            boolean uuid = expected.typeId() == Type.TypeID.UUID && given.equals(Types.FixedType.ofLength(16));
            if (!uuid && !given.equals(expected) && !TypeUtil.isPromotionAllowed(given, expected.asPrimitiveType())) {
                throw mismatch(name, expected, given);
            }
            if (given.typeId() == Type.TypeID.DATE && expected.typeId() != Type.TypeID.DATE) {
                throw mismatch(name, expected, given);
            }
            return;
        }
        if (expected.typeId() != given.typeId()) {
            throw mismatch(name, expected, given);
        }
        List<Types.NestedField> fields = given.asNestedType().fields();
        for (Types.NestedField field : fields) {
            Types.NestedField wanted = expected.asNestedType().field(field.fieldId());
            if (wanted == null) {
                continue;
            }
            if (wanted.isRequired() && field.isOptional() && expected.isStructType()) {
                throw invalid("column '%s.%s' is required but may be null in the file".formatted(name, wanted.name()));
            }
            check(name + "." + wanted.name(), wanted.type(), field.type());
        }
        for (Types.NestedField wanted : expected.asNestedType().fields()) {
            if (wanted.isRequired() && given.asNestedType().field(wanted.fieldId()) == null) {
                throw invalid(
                        "it has nothing for column '%s.%s', which the table requires".formatted(name, wanted.name()));
            }
        }
    }

    /** Statistics are taken as they are, and those of other units would prune rows that match. */
    private static void refuseOtherUnits(GroupType group) {
        for (org.apache.parquet.schema.Type field : group.getFields()) {
            if (!field.isPrimitive()) {
                refuseOtherUnits(field.asGroupType());
                continue;
            }
            boolean millis = (field.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation stamp
                            && stamp.getUnit() == TimeUnit.MILLIS)
                    || (field.getLogicalTypeAnnotation() instanceof TimeLogicalTypeAnnotation time
                            && time.getUnit() != TimeUnit.MICROS);
            boolean unsigned =
                    field.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation integer && !integer.isSigned();
            boolean old = field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveType.PrimitiveTypeName.INT96;
            if (millis || unsigned || old) {
                throw invalid("column '%s' is stored as %s, which tables do not hold"
                        .formatted(field.getName(), field.asPrimitiveType()));
            }
        }
    }

    private static TarnException mismatch(String name, Type expected, Type given) {
        return invalid("column '%s' has type %s but the file has %s".formatted(name, expected, given));
    }

    private static TarnException invalid(String what) {
        return new TarnException(ErrorKind.INVALID, what);
    }
}
