package dev.tarn.catalog.rest;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.RESTSerializers;

/** Reads request bodies within limits, and writes small response bodies. Thread-safe. */
final class Json {
    /** Deeper than any schema; a bound for the stack. */
    private static final int MAX_DEPTH = 500;

    /** The longest text that a schema, a property or a view's SQL may be. */
    private static final int MAX_STRING_LENGTH = 1 << 20;

    private static final ObjectMapper MAPPER = mapper();

    private static final ObjectReader STRICT =
            MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper(JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxStringLength(MAX_STRING_LENGTH)
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
            JsonNode tree = strictTree(body);
            T request = MAPPER.treeToValue(tree, type);
            if (request == null) {
                throw new BadRequestException("The request body must be a JSON object");
            }
            return request;
        } catch (JsonProcessingException e) {
            throw new BadRequestException(e, "Malformed request body: %s", e.getOriginalMessage());
        } catch (IOException e) {
            throw new BadRequestException(e, "Malformed request body: %s", e.getMessage());
        } catch (BadRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            // Iceberg's parsers tell about mistakes by many kinds of exceptions; an unknown update is one of them.
            throw new BadRequestException(e, "Malformed request body: %s", e.getMessage());
        }
    }

    /**
     * Only UTF-8 is read, although JSON's own reader would find out about other encodings: what one part of a system reads
     * otherwise than another one is a way around its rules.
     */
    private static JsonNode strictTree(byte[] body) throws IOException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException(e, "The request body must be UTF-8");
        }
        if (text.startsWith("\ufeff")) {
            throw new BadRequestException("The request body must not begin with a byte order mark");
        }
        JsonNode tree = STRICT.readTree(text);
        // Half a character can only come from an escape.
        if (text.contains("\\u")) {
            refuseHalfCharacters(tree);
        }
        return tree;
    }

    private static void refuseHalfCharacters(JsonNode node) {
        if (node.isTextual()) {
            refuseHalfCharacters(node.textValue());
        }
        node.fieldNames().forEachRemaining(Json::refuseHalfCharacters);
        node.forEach(Json::refuseHalfCharacters);
    }

    private static void refuseHalfCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw new BadRequestException("A text of the request body holds half a character");
                }
                i++;
            }
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

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode node(Object value) {
        return MAPPER.valueToTree(value);
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
