package dev.tarn.catalog.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.types.Types;

/** The types of parameters and results of functions, and how a definition's id spells them. Pure functions. */
final class FunctionTypes {
    /** What could be confused with the separators of a definition's id; its format does not say yet how to tell. */
    private static final String SEPARATORS = "\\:,<>";

    private FunctionTypes() {}

    /**
     * A type as a definition's id spells it.
     *
     * @param what what the type belongs to, as it is shown to people
     * @return absent if a field name in it could be taken for a separator
     * @throws BadRequestException if it is no type
     */
    static Optional<String> canonical(JsonNode type, String what) {
        return canonical(type, what, 0);
    }

    private static Optional<String> canonical(JsonNode type, String what, int depth) {
        if (depth > RequestLimits.MAX_TYPE_DEPTH) {
            throw new BadRequestException(
                    "Types of %s may be nested at most %s deep", what, RequestLimits.MAX_TYPE_DEPTH);
        }
        if (type.isTextual()) {
            return Optional.of(primitive(type.textValue(), what));
        }
        return switch (type.path("type").asText()) {
            case "list" -> canonical(type.path("element"), what, depth + 1).map(element -> "list<" + element + ">");
            case "map" -> {
                Optional<String> key = canonical(type.path("key"), what, depth + 1);
                Optional<String> value = canonical(type.path("value"), what, depth + 1);
                yield key.flatMap(k -> value.map(v -> "map<" + k + "," + v + ">"));
            }
            case "struct" -> struct(type.path("fields"), what, depth);
            default -> throw new BadRequestException("A type of %s must be a type string, list, map or struct", what);
        };
    }

    private static Optional<String> struct(JsonNode fields, String what, int depth) {
        if (!fields.isArray() || fields.isEmpty() || fields.size() > RequestLimits.MAX_COLUMNS) {
            throw new BadRequestException(
                    "A struct of %s must have from 1 to %s fields", what, RequestLimits.MAX_COLUMNS);
        }
        List<String> parts = new ArrayList<>();
        boolean known = true;
        for (JsonNode field : fields) {
            String name = field.path("name").asText();
            if (name.isEmpty()) {
                throw new BadRequestException("A field of a struct of %s must have a name", what);
            }
            Optional<String> type = canonical(field.path("type"), what, depth + 1);
            known &= type.isPresent() && name.chars().noneMatch(c -> SEPARATORS.indexOf(c) >= 0);
            parts.add(name + ":" + type.orElse(""));
        }
        return known ? Optional.of("struct<" + String.join(",", parts) + ">") : Optional.empty();
    }

    /** Without the spaces that Iceberg's own spelling of some types has. */
    private static String primitive(String type, String what) {
        try {
            return Types.fromTypeName(type).toString().replace(" ", "");
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e, "A type of %s must be an Iceberg type but was '%s'", what, type);
        }
    }
}
