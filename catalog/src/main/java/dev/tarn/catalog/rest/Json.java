package dev.tarn.catalog.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.catalog.credentials.Delegation;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.RESTSerializers;

/** Reads request bodies within limits, and writes small response bodies. Thread-safe. */
final class Json {
    /** Deeper than any schema; a bound for the stack. */
    private static final int MAX_DEPTH = 500;

    /** Longer than any name mapping or view text; a bound for single values. */
    private static final int MAX_STRING = 1 << 20;

    private static final int MAX_NUMBER = 1_000;

    private static final ObjectMapper MAPPER = mapper();

    private static final ObjectReader STRICT =
            MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING)
                        .maxNameLength(MAX_STRING)
                        .maxNumberLength(MAX_NUMBER)
                        .build())
                .build());
        mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
        RESTSerializers.registerAll(mapper);
        return mapper;
    }

    /** A request body as one of Iceberg's request types. */
    static <T> T read(byte[] body, Class<T> type) {
        try {
            // Trailing tokens are checked at the root only: Iceberg's deserializers read trees from within.
            String text = StrictText.decode(body);
            JsonNode tree = STRICT.readTree(text);
            // Half a character can only come from an escape.
            if (text.contains("\\u")) {
                StrictText.check(tree);
            }
            T request = MAPPER.treeToValue(tree, type);
            if (request == null) {
                throw new BadRequestException("The request body must be a JSON object");
            }
            return request;
        } catch (JsonProcessingException e) {
            throw new BadRequestException(e, "Malformed request body: %s", e.getOriginalMessage());
        } catch (BadRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            // Iceberg's parsers tell about mistakes by many kinds of exceptions; an unknown update is one of them.
            throw new BadRequestException(e, "Malformed request body: %s", e.getMessage());
        }
    }

    /** A request body as a tree whose root is an object. */
    static ObjectNode readObject(byte[] body) {
        if (read(body, JsonNode.class) instanceof ObjectNode object) {
            return object;
        }
        throw new BadRequestException("The request body must be a JSON object");
    }

    /** A field that maps texts to texts; empty where it is absent. */
    static Map<String, String> textMap(ObjectNode object, String field) {
        Map<String, String> values = new HashMap<>();
        JsonNode map = object.path(field);
        if (!map.isObject() && !map.isMissingNode() && !map.isNull()) {
            throw new BadRequestException("Field '%s' must be an object", field);
        }
        map.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw new BadRequestException("Value of '%s' in '%s' must be a string", entry.getKey(), field);
            }
            values.put(entry.getKey(), entry.getValue().textValue());
        });
        return values;
    }

    /** Credentials as the protocol sends them, in clear. */
    static JsonNode storageCredentials(Delegation delegation) {
        return node(delegation.credentials().stream()
                .map(credential -> Map.of("prefix", credential.prefix(), "config", credential.config()))
                .toList());
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode tree(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException("Not JSON any more", e);
        }
    }

    static JsonNode node(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Writes a body piece by piece. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return MAPPER.createGenerator(out);
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write as JSON: " + value.getClass(), e);
        }
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write as JSON: " + value.getClass(), e);
        }
    }
}
