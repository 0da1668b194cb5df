package dev.tarn.flight.scan;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Turns conditions of a statement into an Iceberg filter that lets through every file with a row that fulfils them. What is
 * not understood is left out, which costs time but no rows: the statement keeps its own WHERE. Floating-point columns are
 * left out since the engine orders NaN above all numbers and Iceberg's bounds do not count it.
 */
final class PushDown {
    /** Longer IN lists are left to the engine: the filter is evaluated once per manifest entry. */
    private static final int MAX_IN_VALUES = 1000;

    private final Schema schema;
    private final String tableName;

    private PushDown(Schema schema, String tableName) {
        this.schema = schema;
        this.tableName = tableName;
    }

    static Expression filter(TableReference reference, Schema schema) {
        PushDown pushDown = new PushDown(schema, reference.visibleName());
        Expression all = Expressions.alwaysTrue();
        for (JsonNode condition : reference.conditions()) {
            all = Expressions.and(all, pushDown.convert(condition).orElse(Expressions.alwaysTrue()));
        }
        return all;
    }

    private Optional<Expression> convert(JsonNode node) {
        String type = node.path("type").asText();
        return switch (node.path("class").asText()) {
            case "COMPARISON" -> comparison(node, type);
            case "BETWEEN" -> between(node);
            case "OPERATOR" -> operator(node, type);
            case "FUNCTION" -> prefix(node);
            case "CONJUNCTION" -> type.equals("CONJUNCTION_OR") ? anyOf(node) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Expression> anyOf(JsonNode node) {
        Expression any = Expressions.alwaysFalse();
        for (JsonNode child : node.path("children")) {
            Optional<Expression> converted = convert(child);
            if (converted.isEmpty()) {
                return Optional.empty();
            }
            any = Expressions.or(any, converted.get());
        }
        return Optional.of(any);
    }

    private Optional<Expression> comparison(JsonNode node, String type) {
        JsonNode left = node.path("left");
        JsonNode right = node.path("right");
        Optional<Types.NestedField> column = column(left);
        if (column.isPresent()) {
            return value(right, column.get().type())
                    .flatMap(value -> compare(type, column.get().name(), value));
        }
        return column(right)
                .flatMap(field ->
                        value(left, field.type()).flatMap(value -> compare(mirrored(type), field.name(), value)));
    }

    private static String mirrored(String type) {
        return switch (type) {
            case "COMPARE_LESSTHAN" -> "COMPARE_GREATERTHAN";
            case "COMPARE_LESSTHANOREQUALTO" -> "COMPARE_GREATERTHANOREQUALTO";
            case "COMPARE_GREATERTHAN" -> "COMPARE_LESSTHAN";
            case "COMPARE_GREATERTHANOREQUALTO" -> "COMPARE_LESSTHANOREQUALTO";
            default -> type;
        };
    }

    private static Optional<Expression> compare(String type, String column, Object value) {
        return switch (type) {
            case "COMPARE_EQUAL" -> Optional.of(Expressions.equal(column, value));
            case "COMPARE_NOTEQUAL" -> Optional.of(Expressions.notEqual(column, value));
            case "COMPARE_LESSTHAN" -> Optional.of(Expressions.lessThan(column, value));
            case "COMPARE_LESSTHANOREQUALTO" -> Optional.of(Expressions.lessThanOrEqual(column, value));
            case "COMPARE_GREATERTHAN" -> Optional.of(Expressions.greaterThan(column, value));
            case "COMPARE_GREATERTHANOREQUALTO" -> Optional.of(Expressions.greaterThanOrEqual(column, value));
            default -> Optional.empty();
        };
    }

    private Optional<Expression> between(JsonNode node) {
        return column(node.path("input"))
                .flatMap(field -> value(node.path("lower"), field.type())
                        .flatMap(lower -> value(node.path("upper"), field.type())
                                .map(upper -> Expressions.and(
                                        Expressions.greaterThanOrEqual(field.name(), lower),
                                        Expressions.lessThanOrEqual(field.name(), upper)))));
    }

    private Optional<Expression> operator(JsonNode node, String type) {
        JsonNode children = node.path("children");
        Optional<Types.NestedField> column = column(children.path(0));
        if (column.isEmpty()) {
            return Optional.empty();
        }
        String name = column.get().name();
        return switch (type) {
            case "OPERATOR_IS_NULL" -> Optional.of(Expressions.isNull(name));
            case "OPERATOR_IS_NOT_NULL" -> Optional.of(Expressions.notNull(name));
            case "COMPARE_IN" -> in(children, column.get());
            default -> Optional.empty();
        };
    }

    private static Optional<Expression> in(JsonNode children, Types.NestedField column) {
        List<Object> values = new ArrayList<>();
        for (int i = 1; i < children.size(); i++) {
            value(children.get(i), column.type()).ifPresent(values::add);
        }
        boolean complete = values.size() == children.size() - 1 && values.size() <= MAX_IN_VALUES;
        return complete ? Optional.of(Expressions.in(column.name(), values)) : Optional.empty();
    }

    /** LIKE whose only wildcard is the per cent sign at the end. */
    private Optional<Expression> prefix(JsonNode node) {
        JsonNode arguments = node.path("arguments");
        if (!node.path("function_name").asText().equals("~~") || arguments.size() != 2) {
            return Optional.empty();
        }
        Optional<Types.NestedField> column = column(arguments.get(0).path("expression"));
        if (column.isEmpty()) {
            return Optional.empty();
        }
        return value(arguments.get(1).path("expression"), column.get().type())
                .map(Object::toString)
                .filter(pattern -> pattern.length() > 1 && pattern.indexOf('%') == pattern.length() - 1)
                .filter(pattern -> pattern.indexOf('_') < 0 && pattern.indexOf('\\') < 0)
                .filter(pattern -> column.get().type().typeId() == Type.TypeID.STRING)
                .map(pattern ->
                        Expressions.startsWith(column.get().name(), pattern.substring(0, pattern.length() - 1)));
    }

    /** A top-level column of this table, named alone or behind the name of the table. */
    private Optional<Types.NestedField> column(JsonNode node) {
        JsonNode names = node.path("column_names");
        if (!node.path("class").asText().equals("COLUMN_REF") || names.isEmpty() || names.size() > 2) {
            return Optional.empty();
        }
        if (names.size() == 2 && !names.get(0).asText().equalsIgnoreCase(tableName)) {
            return Optional.empty();
        }
        String name = names.get(names.size() - 1).asText();
        List<Types.NestedField> matches = schema.columns().stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .toList();
        // A dot would make Iceberg read the name as a path into a struct.
        boolean clear = matches.size() == 1 && !matches.get(0).name().contains(".");
        return clear && matches.get(0).type().isPrimitiveType() ? Optional.of(matches.get(0)) : Optional.empty();
    }

    private static Optional<Object> value(JsonNode node, Type type) {
        if (node.path("class").asText().equals("CAST")) {
            boolean same = node.path("type_expr").path("type_name").asText().equalsIgnoreCase("DATE")
                    && type.typeId() == Type.TypeID.DATE;
            return same ? value(node.path("child"), type) : Optional.empty();
        }
        JsonNode literal = node.path("literal");
        String kind = literal.path("kind").asText();
        String text = literal.path("text").asText();
        try {
            return switch (type.typeId()) {
                case INTEGER, LONG -> kind.equals("INTEGER") ? Optional.of(Long.parseLong(text)) : Optional.empty();
                case STRING -> kind.equals("STRING") ? Optional.of(text) : Optional.empty();
                case DATE ->
                    kind.equals("STRING")
                            ? Optional.of((int) LocalDate.parse(text).toEpochDay())
                                    .map(Object.class::cast)
                            : Optional.empty();
                case DECIMAL -> decimal(kind, text, (Types.DecimalType) type);
                default -> Optional.empty();
            };
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Object> decimal(String kind, String text, Types.DecimalType type) {
        if (!kind.equals("INTEGER") && !kind.equals("NUMERIC")) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(text);
        boolean exact =
                value.scale() <= type.scale() && value.precision() - value.scale() <= type.precision() - type.scale();
        return exact ? Optional.of(value.setScale(type.scale())) : Optional.empty();
    }
}
