package dev.tarn.writer.copy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Strict conversion of JSON into values of Iceberg types, nested ones included. Thread-safe. */
final class JsonValues {
    private final ColumnValues texts;
    private final ColumnMapping mapping;

    JsonValues(ColumnValues texts, ColumnMapping mapping) {
        this.texts = texts;
        this.mapping = mapping;
    }

    /**
     * A JSON value as a value; null for JSON null.
     *
     * @param column what to call the column in an error
     * @throws UnfitValueException naming the column, or the field in it, that does not fit
     */
    @Nullable
    Object convert(String column, Type type, JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        try {
            return switch (type.typeId()) {
                case STRUCT -> struct(column, type.asStructType(), require(node.isObject(), node));
                case LIST -> list(column, type.asListType(), require(node.isArray(), node));
                case MAP -> map(column, type.asMapType(), require(node.isObject(), node));
                case BOOLEAN -> require(node.isBoolean(), node).booleanValue();
                case INTEGER -> integer(node);
                case LONG -> {
                    require(node.isIntegralNumber(), node);
                    if (!node.canConvertToLong()) {
                        throw new ColumnValues.OutOfRangeException();
                    }
                    yield node.longValue();
                }
                case FLOAT -> node.isTextual() ? texts.parse(column, type, node.textValue()) : narrow(number(node));
                case DOUBLE -> node.isTextual() ? texts.parse(column, type, node.textValue()) : number(node);
                case DECIMAL ->
                    node.isTextual()
                            ? texts.parse(column, type, node.textValue())
                            : ColumnValues.decimal((Types.DecimalType) type, exact(node));
                case STRING -> require(node.isValueNode(), node).asText();
                default ->
                    texts.parse(column, type, require(node.isTextual(), node).textValue());
            };
        } catch (ColumnValues.OutOfRangeException e) {
            throw new UnfitValueException(
                    column, ColumnValues.expectation(type) + ", but the value is out of its range");
        } catch (IllegalArgumentException e) {
            throw new UnfitValueException(column, ColumnValues.expectation(type));
        }
    }

    private static int integer(JsonNode node) {
        require(node.isIntegralNumber(), node);
        if (!node.canConvertToInt()) {
            throw new ColumnValues.OutOfRangeException();
        }
        return node.intValue();
    }

    /** A floating-point number; infinite only where the file says so. */
    private static double number(JsonNode node) {
        require(node.isNumber(), node);
        boolean saysSo = node.isDouble() && Double.isInfinite(node.doubleValue());
        return saysSo ? node.doubleValue() : ColumnValues.finite(node.doubleValue());
    }

    private static float narrow(double value) {
        return Double.isInfinite(value) ? (float) value : (float) ColumnValues.finite((float) value);
    }

    private static BigDecimal exact(JsonNode node) {
        require(node.isNumber() && !(node.isDouble() && !Double.isFinite(node.doubleValue())), node);
        return node.decimalValue();
    }

    private Map<String, @Nullable Object> struct(String column, Types.StructType type, JsonNode node) {
        Map<String, JsonNode> found = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            found.put(SourceColumns.comparable(field.getKey(), mapping.by()), field.getValue());
        }
        Map<String, @Nullable Object> values = new HashMap<>();
        for (Types.NestedField field : type.fields()) {
            String path = column + "." + field.name();
            JsonNode value = found.remove(SourceColumns.comparable(field.name(), mapping.by()));
            Object converted = value == null ? defaultOf(field) : convert(path, field.type(), value);
            if (converted == null && field.isRequired()) {
                throw new UnfitValueException(path, "is required but missing or null");
            }
            values.put(field.name(), converted);
        }
        if (!found.isEmpty() && mapping.extra() == ColumnMapping.Extra.REFUSE) {
            throw new UnfitValueException(
                    column,
                    "has a field '%s' that the table lacks"
                            .formatted(found.keySet().iterator().next()));
        }
        return values;
    }

    static @Nullable Object defaultOf(Types.NestedField field) {
        return field.writeDefault() == null
                ? null
                : IdentityPartitionConverters.convertConstant(field.type(), field.writeDefault());
    }

    private List<@Nullable Object> list(String column, Types.ListType type, JsonNode node) {
        List<@Nullable Object> elements = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            Object value = convert(column + ".element", type.elementType(), element);
            if (value == null && !type.isElementOptional()) {
                throw new UnfitValueException(column + ".element", "is required but null");
            }
            elements.add(value);
        }
        return elements;
    }

    private Map<Object, @Nullable Object> map(String column, Types.MapType type, JsonNode node) {
        Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            Object value = convert(column + ".value", type.valueType(), entry.getValue());
            if (value == null && !type.isValueOptional()) {
                throw new UnfitValueException(column + ".value", "is required but null");
            }
            entries.put(texts.parse(column + ".key", type.keyType(), entry.getKey()), value);
        }
        return entries;
    }

    private static JsonNode require(boolean holds, JsonNode node) {
        if (!holds) {
            throw new IllegalArgumentException("wrong kind of JSON value: " + node.getNodeType());
        }
        return node;
    }
}
