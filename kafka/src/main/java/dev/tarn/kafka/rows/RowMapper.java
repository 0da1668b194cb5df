package dev.tarn.kafka.rows;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericDataUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Makes rows of one table schema out of decoded records, by name. Immutable; used by one thread at a time. */
public final class RowMapper {
    private final Schema schema;
    private final RowRules rules;
    private final ColumnConversion conversion;
    private final List<@Nullable RecordField> recordFields = new ArrayList<>();
    private final Set<String> valueColumns = new HashSet<>();

    /**
     * A mapper for a table schema.
     *
     * @throws TarnException NOT_FOUND if a column that the rules name does not exist
     */
    public RowMapper(Schema schema, RowRules rules) {
        this.schema = schema;
        this.rules = rules;
        this.conversion = new ColumnConversion(rules.epochUnit());
        for (Types.NestedField column : schema.columns()) {
            RecordField recordField = null;
            for (Map.Entry<RecordField, String> entry : rules.columns().entrySet()) {
                recordField = entry.getValue().equals(column.name()) ? entry.getKey() : recordField;
            }
            recordFields.add(recordField);
            if (recordField == null) {
                valueColumns.add(column.name());
            }
        }
        rules.columns().forEach((field, column) -> requireColumn(field, column));
    }

    /** The schema of the rows. */
    public Schema schema() {
        return schema;
    }

    /**
     * A row, with a value for each column.
     *
     * @throws BadRecordException naming the column, if there is a field without a column or a value does not fit
     */
    public @Nullable Object[] map(Map<String, @Nullable Object> fields, ConsumerRecord<byte[], byte[]> origin) {
        if (rules.unknownFields() != UnknownFields.DISCARD) {
            refuseUnknown("", schema.asStruct(), fields, valueColumns);
        }
        List<Types.NestedField> columns = schema.columns();
        @Nullable Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            Types.NestedField column = columns.get(i);
            RecordField recordField = recordFields.get(i);
            row[i] = recordField == null
                    ? valueOf(column, fields.get(column.name()), fields.containsKey(column.name()))
                    : valueOf(column, recordField.of(origin), true);
        }
        return row;
    }

    /**
     * A row that replaces the one with its key.
     *
     * @throws BadRecordException as {@link #map}, or if a key column has no value
     */
    public @Nullable Object[] map(
            Map<String, @Nullable Object> fields, ConsumerRecord<byte[], byte[]> origin, List<String> keyColumns) {
        @Nullable Object[] row = map(fields, origin);
        List<Types.NestedField> columns = schema.columns();
        for (int i = 0; i < row.length; i++) {
            if (row[i] == null && keyColumns.contains(columns.get(i).name())) {
                throw noKey(columns.get(i));
            }
        }
        return row;
    }

    /**
     * A row that only names what is to be deleted: the key columns, and null elsewhere.
     *
     * @throws BadRecordException if a key column is missing
     */
    public @Nullable Object[] mapKey(Map<String, @Nullable Object> fields, List<String> keyColumns) {
        List<Types.NestedField> columns = schema.columns();
        @Nullable Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            Types.NestedField column = columns.get(i);
            if (keyColumns.contains(column.name())) {
                Object value = fields.get(column.name());
                if (value == null) {
                    throw noKey(column);
                }
                row[i] = valueOf(column, value, true);
            }
        }
        return row;
    }

    private static BadRecordException noKey(Types.NestedField column) {
        return new BadRecordException(
                Fault.MISSING_VALUE, "The record has no value for key column '%s'".formatted(column.name()));
    }

    private @Nullable Object valueOf(Types.NestedField column, @Nullable Object value, boolean present) {
        if (value == null && !present && column.writeDefault() != null) {
            return GenericDataUtil.internalToGeneric(column.type(), column.writeDefault());
        }
        if (value == null) {
            if (column.isRequired()) {
                throw new BadRecordException(
                        Fault.MISSING_VALUE,
                        "Column '%s' is required but the record has no value for it".formatted(column.name()));
            }
            return null;
        }
        try {
            return conversion.convert(column.type(), value);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            // Their messages quote values, so they do not go along.
            throw new BadRecordException(
                    Fault.WRONG_VALUE,
                    "Column '%s' expects %s but the record has a %s that does not fit"
                            .formatted(
                                    column.name(),
                                    ColumnConversion.expectation(column.type()),
                                    value.getClass().getSimpleName()));
        }
    }

    private void refuseUnknown(String prefix, Types.StructType type, Map<?, ?> fields, Set<String> known) {
        for (Map.Entry<?, ?> entry : fields.entrySet()) {
            String name = String.valueOf(entry.getKey());
            Object value = entry.getValue();
            if (value == null) {
                continue;
            }
            if (!known.contains(name)) {
                if (rules.unknownFields() == UnknownFields.EVOLVE && !SchemaGrowth.hasType(value)) {
                    continue;
                }
                throw new BadRecordException(
                        Fault.UNKNOWN_FIELD,
                        "Field '%s%s' has no column%s".formatted(prefix, name, NearestName.hint(name, known)));
            }
            refuseUnknown(prefix + name, type.field(name).type(), value);
        }
    }

    private void refuseUnknown(String name, Type type, Object value) {
        if (type.isStructType() && value instanceof Map<?, ?> fields) {
            Set<String> known = new HashSet<>();
            type.asStructType().fields().forEach(field -> known.add(field.name()));
            refuseUnknown(name + ".", type.asStructType(), fields, known);
        } else if (type.isListType() && value instanceof List<?> elements) {
            for (Object element : elements) {
                if (element != null) {
                    refuseUnknown(name + ".element", type.asListType().elementType(), element);
                }
            }
        } else if (type.isMapType() && value instanceof Map<?, ?> entries) {
            for (Object element : entries.values()) {
                if (element != null) {
                    refuseUnknown(name + ".value", type.asMapType().valueType(), element);
                }
            }
        }
    }

    private void requireColumn(RecordField field, String column) {
        if (schema.findField(column) == null) {
            List<String> names =
                    schema.columns().stream().map(Types.NestedField::name).toList();
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "There is no column '%s' for the %s of records%s; add it as %s"
                            .formatted(
                                    column,
                                    field.name().toLowerCase(java.util.Locale.ROOT),
                                    NearestName.hint(column, names),
                                    field.type()));
        }
    }
}
