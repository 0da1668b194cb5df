package dev.tarn.catalog.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.exceptions.BadRequestException;

/**
 * The metadata of a function with all its overloads, in Iceberg's format for portable functions. It is kept as the JSON that
 * it came as, so that fields which later versions of the format add are passed on. Immutable: nobody changes the tree.
 *
 * @param json the whole metadata
 */
public record FunctionMetadata(ObjectNode json) {
    /** Far more overloads, or versions of one, than a function can need. */
    private static final int MAX_PARTS = 1_000;

    private static final int FORMAT_VERSION = 1;

    /**
     * Refuses what engines could not resolve a call with.
     *
     * @throws BadRequestException naming the part, the expected and the found
     */
    public FunctionMetadata {
        String uuid = text(json, "function", "function-uuid");
        try {
            UUID parsed = UUID.fromString(uuid);
            if (!parsed.toString().equalsIgnoreCase(uuid)) {
                throw new IllegalArgumentException("abbreviated");
            }
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e, "The function-uuid must be a UUID but was '%s'", uuid);
        }
        if (integer(json, "function", "format-version") != FORMAT_VERSION) {
            throw new BadRequestException(
                    "The format-version of a function must be %s but was %s",
                    FORMAT_VERSION, json.get("format-version"));
        }
        checkLog(json, versionsById(json));
    }

    /** Where the function's files are, absent if it does not say. */
    public Optional<String> location() {
        return Optional.ofNullable(json.get("location"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    private static Map<String, Set<Long>> versionsById(ObjectNode json) {
        Map<String, Set<Long>> versions = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (JsonNode definition : list(json, "function", "definitions")) {
            String id = text(definition, "definition", "definition-id");
            String what = "definition '" + id + "'";
            checkSignature(definition, what, id);
            checkReturn(definition, what);
            Set<Long> ids = checkVersions(definition, what);
            if (versions.put(id, ids) != null) {
                throw new BadRequestException("There are two %ss", what);
            }
            if (definition.hasNonNull("specific-name") && !names.add(text(definition, what, "specific-name"))) {
                throw new BadRequestException("The specific-name of %s is that of another one", what);
            }
        }
        if (versions.isEmpty()) {
            throw new BadRequestException("A function must have at least one definition");
        }
        return versions;
    }

    private static void checkSignature(JsonNode definition, String what, String id) {
        List<Optional<String>> types = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode parameter : list(definition, what, "parameters")) {
            if (!names.add(text(parameter, "a parameter of " + what, "name"))) {
                throw new BadRequestException("Two parameters of %s have one name", what);
            }
            types.add(FunctionTypes.canonical(parameter.path("type"), what));
        }
        // Absent where the format leaves the spelling open: then the id is what its writer made of it.
        if (types.stream().allMatch(Optional::isPresent)) {
            String expected = String.join(",", types.stream().map(Optional::get).toList());
            if (!id.equals(expected)) {
                throw new BadRequestException(
                        "The definition-id for these parameters must be '%s' but was '%s'", expected, id);
            }
        }
    }

    private static void checkReturn(JsonNode definition, String what) {
        JsonNode type = definition.path("return-type");
        FunctionTypes.canonical(type, what);
        String functionType = text(definition, what, "function-type");
        switch (functionType) {
            case "udf" -> {}
            case "udtf" -> {
                if (!type.path("type").asText().equals("struct")) {
                    throw new BadRequestException("The return-type of %s must be a struct since it is a udtf", what);
                }
            }
            default ->
                throw new BadRequestException(
                        "The function-type of %s must be udf or udtf but was '%s'", what, functionType);
        }
    }

    private static Set<Long> checkVersions(JsonNode definition, String what) {
        Set<Long> ids = new HashSet<>();
        for (JsonNode version : list(definition, what, "versions")) {
            long id = integer(version, "a version of " + what, "version-id");
            String name = "version %d of %s".formatted(id, what);
            if (!ids.add(id)) {
                throw new BadRequestException("There are two %s", name);
            }
            long unusedTime = integer(version, name, "timestamp-ms");
            checkRepresentations(version, name);
            String onNull = version.path("on-null-input").asText("call");
            if (!onNull.equals("call") && !onNull.equals("return-null")) {
                throw new BadRequestException(
                        "on-null-input of %s must be call or return-null but was '%s'", name, onNull);
            }
        }
        long current = integer(definition, what, "current-version-id");
        if (!ids.contains(current)) {
            throw new BadRequestException("The current-version-id %s of %s is none of its versions", current, what);
        }
        return ids;
    }

    private static void checkRepresentations(JsonNode version, String what) {
        Set<String> dialects = new HashSet<>();
        for (JsonNode representation : list(version, what, "representations")) {
            String type = text(representation, "a representation of " + what, "type");
            if (!type.equals("sql")) {
                throw new BadRequestException("A representation of %s must be of type sql but was '%s'", what, type);
            }
            String unusedSql = text(representation, "a representation of " + what, "sql");
            if (!dialects.add(text(representation, "a representation of " + what, "dialect"))) {
                throw new BadRequestException("Two representations of %s have one dialect", what);
            }
        }
        if (dialects.isEmpty()) {
            throw new BadRequestException("There must be at least one representation of %s", what);
        }
    }

    private static void checkLog(ObjectNode json, Map<String, Set<Long>> versions) {
        for (JsonNode entry : list(json, "function", "definition-log")) {
            long unusedTime = integer(entry, "an entry of the definition-log", "timestamp-ms");
            for (JsonNode selected : list(entry, "an entry of the definition-log", "definition-versions")) {
                String id = text(selected, "a selected version of the definition-log", "definition-id");
                long version = integer(selected, "a selected version of the definition-log", "version-id");
                // Definitions of the past may be gone; versions of one that is still there may not.
                if (versions.containsKey(id) && !versions.get(id).contains(version)) {
                    throw new BadRequestException(
                            "The definition-log selects version %s of definition '%s', which has none", version, id);
                }
            }
        }
    }

    private static List<JsonNode> list(JsonNode parent, String what, String field) {
        JsonNode list = parent.path(field);
        if (!list.isArray()) {
            throw new BadRequestException("Field '%s' of %s must be an array", field, what);
        }
        if (list.size() > MAX_PARTS) {
            throw new BadRequestException(
                    "Field '%s' of %s may have at most %s entries but has %s", field, what, MAX_PARTS, list.size());
        }
        List<JsonNode> entries = new ArrayList<>();
        list.forEach(entry -> {
            if (!entry.isObject()) {
                throw new BadRequestException("The entries of '%s' of %s must be objects", field, what);
            }
            entries.add(entry);
        });
        return entries;
    }

    private static String text(JsonNode parent, String what, String field) {
        JsonNode value = parent.path(field);
        if (!value.isTextual() || (value.textValue().isEmpty() && !field.equals("definition-id"))) {
            throw new BadRequestException("Field '%s' of %s must be a text that is not empty", field, what);
        }
        return value.textValue();
    }

    private static long integer(JsonNode parent, String what, String field) {
        JsonNode value = parent.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new BadRequestException("Field '%s' of %s must be a whole number", field, what);
        }
        return value.longValue();
    }
}
