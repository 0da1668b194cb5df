package dev.tarn.writer.copy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The narrowest type that takes all values seen of a column of text. Confined to one thread. */
final class TypeGuess {
    /** From narrow to wide; the first that takes every value is the guess, and text takes all. */
    private static final List<Type> CANDIDATES = List.of(
            Types.BooleanType.get(),
            Types.LongType.get(),
            Types.DoubleType.get(),
            Types.DateType.get(),
            Types.TimestampType.withoutZone(),
            Types.TimestampType.withZone());

    /** Fields of one object: more are taken for keys of a map that was written as an object. */
    private static final int MAX_FIELDS = 10_000;

    private final String column;
    private final ColumnValues values;
    private final List<Type> candidates = new ArrayList<>(CANDIDATES);
    private final Map<String, TypeGuess> fields = new LinkedHashMap<>();
    private Optional<TypeGuess> element = Optional.empty();
    private Shape shape = Shape.NOTHING;

    private enum Shape {
        NOTHING,
        SCALAR,
        OBJECT,
        ARRAY
    }

    TypeGuess(String column, ColumnValues values) {
        this.column = column;
        this.values = values;
    }

    /** Sees text that is not null. */
    void addText(String text) {
        become(Shape.SCALAR);
        candidates.removeIf(type -> !isWrittenAs(type, text));
    }

    /** Sees a JSON value; null says nothing. */
    void addJson(JsonNode value) {
        if (value.isNull()) {
            return;
        }
        if (value.isObject()) {
            become(Shape.OBJECT);
            value.properties().forEach(entry -> field(entry.getKey()).addJson(entry.getValue()));
        } else if (value.isArray()) {
            become(Shape.ARRAY);
            TypeGuess elements = element.orElseGet(() -> new TypeGuess(column + ".element", values));
            element = Optional.of(elements);
            value.forEach(elements::addJson);
        } else {
            become(Shape.SCALAR);
            candidates.removeIf(type -> !isWrittenAs(type, value));
        }
    }

    /** The guess; ids of nested fields come from the counter. */
    Type type(AtomicInteger lastId) {
        return switch (shape) {
            case NOTHING -> Types.StringType.get();
            case SCALAR -> candidates.isEmpty() ? Types.StringType.get() : candidates.get(0);
            case OBJECT -> {
                List<Types.NestedField> found = new ArrayList<>();
                fields.forEach((name, guess) ->
                        found.add(Types.NestedField.optional(lastId.incrementAndGet(), name, guess.type(lastId))));
                yield found.isEmpty() ? Types.StringType.get() : Types.StructType.of(found);
            }
            case ARRAY ->
                Types.ListType.ofOptional(
                        lastId.incrementAndGet(), element.orElseThrow().type(lastId));
        };
    }

    private TypeGuess field(String name) {
        if (fields.size() >= MAX_FIELDS && !fields.containsKey(name)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' has more than %d different fields; create the table first, with a map"
                            .formatted(column, MAX_FIELDS));
        }
        return fields.computeIfAbsent(name, absent -> new TypeGuess(column + "." + name, values));
    }

    private void become(Shape found) {
        if (shape != Shape.NOTHING && shape != found) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' is %s in one row and %s in another, for which no type is guessed; create the table first"
                            .formatted(column, name(shape), name(found)));
        }
        shape = found;
    }

    private static String name(Shape shape) {
        return switch (shape) {
            case NOTHING -> "null";
            case SCALAR -> "a plain value";
            case OBJECT -> "an object";
            case ARRAY -> "an array";
        };
    }

    private boolean isWrittenAs(Type type, JsonNode value) {
        return switch (type.typeId()) {
            case BOOLEAN -> value.isBoolean();
            case LONG -> value.isIntegralNumber() && value.canConvertToLong();
            case DOUBLE -> value.isNumber() && (!value.isIntegralNumber() || value.canConvertToLong());
            default -> value.isTextual() && values.parses(type, value.textValue());
        };
    }

    private boolean isWrittenAs(Type type, String text) {
        boolean number = type.typeId() == Type.TypeID.LONG || type.typeId() == Type.TypeID.DOUBLE;
        // Numbers with leading zeros are codes of something, and lose them as numbers.
        boolean code = number && text.length() > 1 && text.charAt(0) == '0' && Character.isDigit(text.charAt(1));
        return !code && values.parses(type, text);
    }
}
