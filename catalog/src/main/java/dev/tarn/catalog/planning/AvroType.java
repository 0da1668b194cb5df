package dev.tarn.catalog.planning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A type of an Avro schema, with the field ids that Iceberg adds. Types never contain themselves: a schema that does is
 * refused, so that reading by a type always ends.
 *
 * @param kind what it is
 * @param fields of a record, in order
 * @param parts the branches of a union, or the one type of the items of an array or map
 * @param size of a fixed type, in bytes
 */
record AvroType(Kind kind, List<Field> fields, List<AvroType> parts, int size) {
    /** No manifest nests deeper; a bound for the stack. */
    private static final int MAX_DEPTH = 32;

    /** A manifest of every partition field there may be has fewer; a bound for shared types that fan out. */
    private static final int MAX_TYPES = 20_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a type is. */
    enum Kind {
        NULL,
        BOOLEAN,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        BYTES,
        STRING,
        FIXED,
        ENUM,
        RECORD,
        ARRAY,
        MAP,
        UNION
    }

    /** A field of a record; the id is -1 where Iceberg gave none. */
    record Field(int id, AvroType type) {}

    AvroType {
        fields = List.copyOf(fields);
        parts = List.copyOf(parts);
    }

    static AvroType parse(byte[] schema) {
        try {
            JsonNode tree = JSON.readTree(schema);
            return new Parser().parse(tree, 0);
        } catch (JsonProcessingException e) {
            throw new CorruptManifestException("The Avro schema is no JSON: " + e.getOriginalMessage());
        } catch (java.io.IOException e) {
            throw new CorruptManifestException("The Avro schema is no JSON: " + e.getMessage());
        }
    }

    /** Passes over one value of this type. */
    void skip(AvroInput in) {
        switch (kind) {
            case NULL -> in.countEmpty();
            case BOOLEAN -> in.skip(1);
            case INT, LONG, ENUM -> in.readLong();
            case FLOAT -> in.skip(4);
            case DOUBLE -> in.skip(8);
            case BYTES, STRING -> in.skip(in.readLength());
            case FIXED -> in.skip(size);
            case RECORD -> {
                in.countEmpty();
                for (Field field : fields) {
                    field.type().skip(in);
                }
            }
            case UNION -> branch(in).skip(in);
            case ARRAY -> skipItems(in);
            case MAP -> skipItems(in);
        }
    }

    /** The branch of a union that the next value has; any other type is its own only branch. */
    AvroType branch(AvroInput in) {
        if (kind != Kind.UNION) {
            return this;
        }
        long index = in.readLong();
        if (index < 0 || index >= parts.size()) {
            throw new CorruptManifestException("An Avro union of %d has no branch %d".formatted(parts.size(), index));
        }
        return parts.get((int) index);
    }

    private void skipItems(AvroInput in) {
        for (long count = in.readBlockCount(); count > 0; count = in.readBlockCount()) {
            for (long i = 0; i < count; i++) {
                in.countEmpty();
                if (kind == Kind.MAP) {
                    in.skip(in.readLength());
                }
                parts.get(0).skip(in);
            }
        }
    }

    private static final class Parser {
        private final Map<String, AvroType> named = new HashMap<>();
        private int types;

        AvroType parse(JsonNode node, int depth) {
            if (depth > MAX_DEPTH || ++types > MAX_TYPES) {
                throw new CorruptManifestException("The Avro schema nests too deeply or has too many types");
            }
            if (node.isTextual()) {
                return byName(node.textValue());
            }
            if (node.isArray()) {
                List<AvroType> branches = new ArrayList<>();
                node.forEach(branch -> branches.add(parse(branch, depth + 1)));
                return new AvroType(Kind.UNION, List.of(), branches, 0);
            }
            return parseObject(node, depth);
        }

        private AvroType parseObject(JsonNode node, int depth) {
            JsonNode type = node.path("type");
            if (!type.isTextual()) {
                return parse(type, depth + 1);
            }
            return switch (type.textValue()) {
                case "record" -> {
                    List<Field> fields = new ArrayList<>();
                    for (JsonNode field : node.path("fields")) {
                        fields.add(new Field(field.path("field-id").asInt(-1), parse(field.path("type"), depth + 1)));
                    }
                    yield name(node, new AvroType(Kind.RECORD, fields, List.of(), 0));
                }
                case "array" -> new AvroType(Kind.ARRAY, List.of(), List.of(parse(node.path("items"), depth + 1)), 0);
                case "map" -> new AvroType(Kind.MAP, List.of(), List.of(parse(node.path("values"), depth + 1)), 0);
                case "fixed" ->
                    name(
                            node,
                            new AvroType(
                                    Kind.FIXED,
                                    List.of(),
                                    List.of(),
                                    node.path("size").asInt(-1)));
                case "enum" -> name(node, simple(Kind.ENUM));
                default -> byName(type.textValue());
            };
        }

        private AvroType name(JsonNode node, AvroType type) {
            String name = node.path("name").asText("");
            named.put(name, type);
            String space = node.path("namespace").asText("");
            if (!space.isEmpty()) {
                named.put(space + "." + name, type);
            }
            return type;
        }

        private AvroType byName(String name) {
            AvroType known = named.get(name);
            if (known != null) {
                return known;
            }
            try {
                Kind kind = Kind.valueOf(name.toUpperCase(Locale.ROOT));
                if (kind.compareTo(Kind.STRING) <= 0 && name.equals(name.toLowerCase(Locale.ROOT))) {
                    return simple(kind);
                }
            } catch (IllegalArgumentException e) {
                throw new CorruptManifestException("The Avro schema names a type that it does not define");
            }
            throw new CorruptManifestException("The Avro schema names a type that it does not define");
        }

        private static AvroType simple(Kind kind) {
            return new AvroType(kind, List.of(), List.of(), 0);
        }
    }
}
