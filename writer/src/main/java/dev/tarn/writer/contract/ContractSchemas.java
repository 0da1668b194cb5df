package dev.tarn.writer.contract;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Contracts as Iceberg schemas and back. Stateless. */
public final class ContractSchemas {
    private ContractSchemas() {}

    /**
     * The schema that a table of a contract promises, with fresh field ids. A physical type that Iceberg knows decides; else
     * integers become 64 bits wide, numbers double, timestamps points in time, and columns without a type text.
     *
     * @throws TarnException INVALID naming the column, for lists and maps without their parts
     */
    public static Schema toIceberg(ContractTable table) {
        AtomicInteger lastId = new AtomicInteger();
        return new Schema(fields(table.fields(), lastId));
    }

    /** The columns of a schema as a contract promises them. */
    public static List<ContractField> ofIceberg(Schema schema) {
        return schema.columns().stream().map(ContractSchemas::field).toList();
    }

    private static List<Types.NestedField> fields(List<ContractField> fields, AtomicInteger lastId) {
        int first = lastId.get() + 1;
        lastId.addAndGet(fields.size());
        List<Types.NestedField> columns = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            ContractField field = fields.get(i);
            Type type = type(field, lastId);
            String doc = field.description().isEmpty() ? null : field.description();
            columns.add(
                    field.required()
                            ? Types.NestedField.required(first + i, field.name(), type, doc)
                            : Types.NestedField.optional(first + i, field.name(), type, doc));
        }
        return columns;
    }

    private static Type type(ContractField field, AtomicInteger lastId) {
        return switch (field.type()) {
            case OBJECT -> Types.StructType.of(fields(field.fields(), lastId));
            case ARRAY -> {
                ContractField element = part(field, 0);
                int id = lastId.incrementAndGet();
                yield Types.ListType.ofOptional(id, type(element, lastId));
            }
            case MAP -> {
                ContractField key = part(field, 0);
                ContractField value = part(field, 1);
                int keyId = lastId.incrementAndGet();
                int valueId = lastId.incrementAndGet();
                yield Types.MapType.ofOptional(keyId, valueId, type(key, lastId), type(value, lastId));
            }
            default -> primitive(field);
        };
    }

    private static ContractField part(ContractField field, int index) {
        if (field.fields().size() <= index) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' of the contract is a %s but does not say what is in it"
                            .formatted(field.name(), field.type().word()));
        }
        return field.fields().get(index);
    }

    private static Type primitive(ContractField field) {
        if (!field.physicalType().isEmpty()) {
            try {
                Type physical = Types.fromPrimitiveString(field.physicalType());
                if (field.type().fits(physical)) {
                    return physical;
                }
            } catch (IllegalArgumentException e) {
                // A type of another system, as VARCHAR(2): the logical type decides.
            }
        }
        return switch (field.type()) {
            case INTEGER, LONG -> Types.LongType.get();
            case NUMBER, DOUBLE -> Types.DoubleType.get();
            case FLOAT -> Types.FloatType.get();
            case DECIMAL -> Types.DecimalType.of(38, 9);
            case BOOLEAN -> Types.BooleanType.get();
            case DATE -> Types.DateType.get();
            case TIME -> Types.TimeType.get();
            case TIMESTAMP, TIMESTAMP_TZ -> Types.TimestampType.withZone();
            case TIMESTAMP_NTZ -> Types.TimestampType.withoutZone();
            case BYTES -> Types.BinaryType.get();
            case STRING, ANY, OBJECT, ARRAY, MAP -> Types.StringType.get();
        };
    }

    private static ContractField field(Types.NestedField column) {
        Type type = column.type();
        List<ContractField> parts =
                switch (type.typeId()) {
                    case STRUCT ->
                        type.asStructType().fields().stream()
                                .map(ContractSchemas::field)
                                .toList();
                    case LIST -> List.of(part("element", type.asListType().elementType()));
                    case MAP ->
                        List.of(
                                part("key", type.asMapType().keyType()),
                                part("value", type.asMapType().valueType()));
                    default -> List.of();
                };
        return new ContractField(
                column.name(),
                ContractType.of(type),
                type.isPrimitiveType() ? type.toString() : "",
                column.isRequired(),
                column.doc() == null ? "" : column.doc(),
                parts);
    }

    private static ContractField part(String name, Type type) {
        return field(Types.NestedField.optional(1, name, type));
    }
}
