package dev.tarn.kafka.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.registry.RegisteredSchema.Reference;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds schemas in a registry that speaks <a
 * href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Confluent's REST protocol</a>. A
 * schema never changes, so each is asked for once and kept. Not thread-safe. Nothing needs closing.
 */
public final class SchemaRegistry {
    /** Schemas that are kept, found or not: far more than one topic has. */
    public static final int MAX_CACHED = 1_000;

    /** Schemas that one schema may build on, over all levels. */
    static final int MAX_REFERENCES = 200;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI uri;
    private final RegistryRequests requests;
    private final Map<Integer, Optional<RegisteredSchema>> known = new HashMap<>();

    /**
     * A client of one registry; asks nothing yet.
     *
     * @param uri root of the registry, without a user in it
     */
    public SchemaRegistry(URI uri, RegistryLogin login) {
        if (uri.getUserInfo() != null) {
            throw new TarnException(
                    ErrorKind.INVALID, "The URI of a schema registry must not hold a user; give the login by itself");
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The URI of a schema registry must begin with http:// or https:// but was '%s'".formatted(uri));
        }
        this.uri = uri;
        this.requests = new RegistryRequests(uri, login);
    }

    /** Where it is. */
    public URI uri() {
        return uri;
    }

    /**
     * The schema of an id, with what it builds on.
     *
     * @return empty if the registry has none of this id
     * @throws TarnException UNAVAILABLE after some attempts, UNAUTHENTICATED, FORBIDDEN, INVALID for answers that are none
     */
    public Optional<RegisteredSchema> find(int id) {
        Optional<RegisteredSchema> cached = known.get(id);
        if (cached != null) {
            return cached;
        }
        Optional<RegisteredSchema> found = load(id);
        if (known.size() >= MAX_CACHED) {
            known.clear();
        }
        known.put(id, found);
        return found;
    }

    private Optional<RegisteredSchema> load(int id) {
        Optional<String> answer = requests.get("/schemas/ids/" + id);
        if (answer.isEmpty()) {
            return Optional.empty();
        }
        JsonNode schema = parse(answer.get());
        RegisteredSchema.Type type = type(schema);
        Map<String, Reference> references = new LinkedHashMap<>();
        addReferences(schema, type, references);
        if (type == RegisteredSchema.Type.PROTOBUF) {
            schema = parse(requests.get("/schemas/ids/" + id + "?format=serialized")
                    .orElseThrow(() -> wrongAnswer("schema " + id + " is gone")));
        }
        return Optional.of(new RegisteredSchema(
                id, type, text(schema), references.values().stream().toList()));
    }

    private void addReferences(JsonNode schema, RegisteredSchema.Type type, Map<String, Reference> found) {
        for (JsonNode reference : schema.path("references")) {
            String name = reference.path("name").asText();
            if (found.containsKey(name)) {
                continue;
            }
            if (found.size() >= MAX_REFERENCES) {
                throw wrongAnswer("a schema builds on more than %d others".formatted(MAX_REFERENCES));
            }
            String path = "/subjects/%s/versions/%d"
                    .formatted(
                            URLEncoder.encode(reference.path("subject").asText(), StandardCharsets.UTF_8)
                                    .replace("+", "%20"),
                            reference.path("version").asInt());
            JsonNode referenced = parse(requests.get(path).orElseThrow(() -> wrongAnswer(path + " does not exist")));
            // Reserved before its own references are followed, so that a circle ends.
            found.put(name, new Reference(name, ""));
            addReferences(referenced, type, found);
            // Put again behind those that it builds on.
            found.remove(name);
            String text = type == RegisteredSchema.Type.PROTOBUF
                    ? text(parse(requests.get(path + "?format=serialized")
                            .orElseThrow(() -> wrongAnswer(path + " does not exist"))))
                    : text(referenced);
            found.put(name, new Reference(name, text));
        }
    }

    private JsonNode parse(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw wrongAnswer("an answer is not JSON; is this the root of a schema registry?", e);
        }
    }

    private RegisteredSchema.Type type(JsonNode schema) {
        String name = schema.path("schemaType").asText("AVRO");
        try {
            return RegisteredSchema.Type.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrongAnswer("a schema has the unknown type " + name, e);
        }
    }

    private String text(JsonNode schema) {
        JsonNode text = schema.path("schema");
        if (!text.isTextual()) {
            throw wrongAnswer("an answer has no field 'schema'");
        }
        return text.textValue();
    }

    private TarnException wrongAnswer(String what) {
        return wrongAnswer(what, null);
    }

    private TarnException wrongAnswer(String what, @Nullable Throwable cause) {
        return new TarnException(ErrorKind.INVALID, "Schema registry %s: %s".formatted(uri, what), cause);
    }
}
