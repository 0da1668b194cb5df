package dev.tarn.maintenance.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Writes and reads the JSON of plans, results and journals. Thread-safe. */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** Writes one JSON value. */
    @FunctionalInterface
    public interface Body {
        /** Writes the value, and nothing else, to the generator. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** The text of one JSON value, indented. */
    public static String text(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            body.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write JSON", e);
        }
        return text.toString();
    }

    /**
     * The value that a text holds.
     *
     * @param what names the text in the message, such as {@code compaction plan}
     */
    public static JsonNode parse(String what, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Cannot read the %s: expected JSON but found an error at line %d"
                            .formatted(
                                    what,
                                    e.getLocation() == null
                                            ? 1
                                            : e.getLocation().getLineNr()),
                    e);
        }
    }

    /** The field of an object. Refuses an object without it. */
    public static JsonNode field(String what, JsonNode object, String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Cannot read the %s: expected the field '%s' but it is absent".formatted(what, name));
        }
        return value;
    }
}
