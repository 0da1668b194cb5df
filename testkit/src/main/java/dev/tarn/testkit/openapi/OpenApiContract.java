package dev.tarn.testkit.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import dev.tarn.testkit.http.HttpMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * The OpenAPI 3.1 file of the Iceberg REST catalog as a judge of answers: status, content type, and the body against the
 * schema of the operation. Thread-safe. Nobody closes it.
 */
public final class OpenApiContract {
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String DOCUMENT = "https://contract.test/openapi.json";

    /** Statuses of HTTP itself and of a refusal, which any operation may answer with whatever the file lists. */
    private static final Set<Integer> OF_HTTP = Set.of(403, 404, 405, 406, 413, 414, 415, 422, 429, 431);

    /** The file describes the errors of some operations as bare; Iceberg's clients read wrapped ones everywhere. */
    private static final String BARE_ERROR = SCHEMAS + "ErrorModel";

    private static final String WRAPPED_ERROR = SCHEMAS + "IcebergErrorResponse";

    /** The token endpoint tells its errors in the way of OAuth2, also those that the file does not list. */
    private static final String TOKEN_ENDPOINT = "/oauth/tokens";

    private static final String TOKEN_ERROR = SCHEMAS + "OAuthError";

    private final JsonNode document;
    private final SchemaRegistry schemas;
    private final List<Operation> operations;
    private final Map<String, Schema> loaded = new ConcurrentHashMap<>();

    /** An operation of the file; a segment of the template in braces stands for any one segment. */
    private record Operation(String method, String name, List<String> template, JsonNode responses) {
        boolean matches(String askedMethod, List<String> segments) {
            if (!method.equals(askedMethod) || segments.size() != template.size()) {
                return false;
            }
            for (int i = 0; i < segments.size(); i++) {
                if (!template.get(i).startsWith("{") && !template.get(i).equals(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        long variables() {
            return template.stream().filter(segment -> segment.startsWith("{")).count();
        }
    }

    private OpenApiContract(JsonNode document) {
        this.document = document;
        this.schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getDraft202012(),
                builder -> builder.schemas(Map.of(DOCUMENT, definitions(document)))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
        this.operations = operations(document);
    }

    /**
     * The specification of the Iceberg REST catalog: the file that the property {@code tarn.openapi} names, else the copy
     * that lies beside the repository. Absent where neither is.
     */
    public static Optional<OpenApiContract> ofIceberg() {
        return Shared.CONTRACT;
    }

    /** Where the specification is looked for. */
    public static Path pathOfIceberg() {
        String named = System.getProperty("tarn.openapi", "");
        return named.isEmpty()
                ? Path.of(System.getProperty("tarn.root", ".."))
                        .resolve("../shared/spec/iceberg-rest-catalog-open-api.yaml")
                        .normalize()
                : Path.of(named);
    }

    /** Reads a contract from a YAML file. */
    public static OpenApiContract read(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(0);
        YAMLFactory yaml = YAMLFactory.builder().loaderOptions(options).build();
        try {
            JsonNode document = new ObjectMapper(yaml).readTree(Files.readString(file));
            makePlainSchemas(document.path("components").path("schemas"));
            return new OpenApiContract(document);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** Method and template of every operation in the file. */
    public List<String> operationNames() {
        return operations.stream().map(Operation::name).distinct().sorted().toList();
    }

    /** Method and template of the operation that a request asks for; absent if the file has none. */
    public Optional<String> operation(HttpMessage request) {
        return find(request).map(Operation::name);
    }

    /** In which ways an answer differs from the file, in words; empty if in none, or if the file has no such operation. */
    public List<String> deviations(HttpMessage request, HttpMessage response) {
        Optional<Operation> operation = find(request);
        if (operation.isEmpty()) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        check(operation.get(), response, found);
        return found.stream()
                .map(what -> "%s -> %d: %s".formatted(operation.get().name(), response.status(), what))
                .toList();
    }

    private void check(Operation operation, HttpMessage response, List<String> found) {
        Optional<JsonNode> described = described(operation, response.status());
        if (described.isEmpty() && !OF_HTTP.contains(response.status())) {
            found.add("the file lists no such status");
            return;
        }
        String unlisted = operation.name().endsWith(TOKEN_ENDPOINT) ? TOKEN_ERROR : WRAPPED_ERROR;
        Optional<String> reference = described.isEmpty() ? Optional.of(unlisted) : reference(described.get());
        boolean mayHaveBody = !operation.method().equals("HEAD") && response.status() != 304 && reference.isPresent();
        if (!mayHaveBody) {
            if (response.body().length > 0) {
                found.add("a body of %d bytes where none may be".formatted(response.body().length));
            }
            return;
        }
        String contentType = response.header("content-type").orElse("");
        if (!contentType.split(";", 2)[0].strip().equals("application/json")) {
            found.add("content type '%s' instead of application/json".formatted(contentType));
        }
        checkBody(reference.orElseThrow(), response.text(), found);
    }

    private void checkBody(String reference, String text, List<String> found) {
        JsonNode body;
        try {
            body = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            found.add("the body is not JSON");
            return;
        }
        String effective = reference.equals(BARE_ERROR) ? WRAPPED_ERROR : reference;
        schema(effective)
                .validate(body)
                .forEach(error -> found.add("%s: %s %s"
                        .formatted(
                                effective.substring(SCHEMAS.length()),
                                error.getInstanceLocation(),
                                error.getMessage())));
    }

    private Optional<JsonNode> described(Operation operation, int status) {
        JsonNode exact = operation.responses().path(Integer.toString(status));
        JsonNode range = operation.responses().path(status / 100 + "XX");
        JsonNode any = operation.responses().path("default");
        for (JsonNode candidate : List.of(exact, range, any)) {
            if (!candidate.isMissingNode()) {
                return Optional.of(resolved(candidate));
            }
        }
        return Optional.empty();
    }

    /** The schema of a JSON body; absent if the answer has no body. */
    private static Optional<String> reference(JsonNode response) {
        JsonNode schema = response.path("content").path("application/json").path("schema");
        if (schema.isMissingNode()) {
            return Optional.empty();
        }
        if (!schema.has("$ref")) {
            throw new IllegalStateException("The file has a schema without a name: " + schema);
        }
        return Optional.of(schema.path("$ref").textValue());
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : document.at(reference.substring(1));
    }

    private Schema schema(String reference) {
        return loaded.computeIfAbsent(
                reference, name -> schemas.getSchema(SchemaLocation.of(DOCUMENT + name.replace(SCHEMAS, "#/$defs/"))));
    }

    private Optional<Operation> find(HttpMessage request) {
        List<String> segments = segments(request.path());
        return operations.stream()
                .filter(operation -> operation.matches(request.method(), segments))
                .min(Comparator.comparingLong(Operation::variables));
    }

    private static List<Operation> operations(JsonNode document) {
        List<Operation> all = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    JsonNode responses = operation.getValue().path("responses");
                    if (!responses.isMissingNode()) {
                        String name = method + " " + path.getKey();
                        all.add(new Operation(method, name, segments(path.getKey()), responses));
                        // A catalog without a prefix leaves the segment out.
                        String bare = path.getKey().replace("/{prefix}", "");
                        all.add(new Operation(method, name, segments(bare), responses));
                    }
                }));
        return List.copyOf(all);
    }

    /**
     * Turns what OpenAPI adds to JSON schemas into plain ones. The file is of version 3.1, whose schemas do not know
     * {@code nullable}, and uses it all the same. It leaves out that a table without snapshots has no current one, for which
     * Iceberg's own writer of metadata writes null. And it wants a default value to be of exactly one type, where each
     * integer is a long too.
     */
    private static void makePlainSchemas(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            if (schema.path("properties").path("current-snapshot-id") instanceof ObjectNode field) {
                field.put("nullable", true);
            }
            if (schema.path("nullable").asBoolean() && schema.path("type").isTextual()) {
                String type = schema.path("type").textValue();
                schema.putArray("type").add(type).add("null");
            }
            if (schema.path("nullable").isBoolean()) {
                schema.remove("nullable");
            }
            if (schema.path("discriminator").has("propertyName")) {
                chooseByDiscriminator(schema, schema.remove("discriminator"));
            }
            schema.path("allOf").forEach(OpenApiContract::openError);
            if (schema.has("type") && !schema.path("example").has("type")) {
                schema.remove("example");
            }
            if (schema.path("PrimitiveTypeValue") instanceof ObjectNode value && value.has("oneOf")) {
                value.set("anyOf", value.remove("oneOf"));
                value.withArray("anyOf").addObject().put("type", "null");
            }
        }
        node.forEach(OpenApiContract::makePlainSchemas);
    }

    /** Of the forms that a discriminator tells apart, exactly the one that it names counts. */
    private static void chooseByDiscriminator(ObjectNode schema, JsonNode discriminator) {
        if (!schema.has("oneOf") || !discriminator.path("mapping").isObject()) {
            return;
        }
        String property = discriminator.path("propertyName").textValue();
        schema.remove("oneOf");
        ArrayNode cases = schema.putArray("allOf");
        ArrayNode values =
                cases.addObject().putObject("properties").putObject(property).putArray("enum");
        cases.addObject().putArray("required").add(property);
        discriminator.path("mapping").properties().forEach(entry -> {
            values.add(entry.getKey());
            ObjectNode one = cases.addObject();
            one.putObject("if").putObject("properties").putObject(property).put("const", entry.getKey());
            one.putObject("then").put("$ref", entry.getValue().textValue());
        });
    }

    /** An error that is part of something else: the file closes it, so that nothing could ever be added to it. */
    private static void openError(JsonNode part) {
        if (part instanceof ObjectNode schema && schema.path("$ref").asText().equals(WRAPPED_ERROR)) {
            schema.remove("$ref");
            schema.putObject("properties").putObject("error").put("$ref", BARE_ERROR);
            schema.putArray("required").add("error");
        }
    }

    private static String definitions(JsonNode document) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.set("$defs", document.path("components").path("schemas"));
        return root.toString().replace(SCHEMAS, "#/$defs/");
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    /** State of the JVM on purpose: reading the file costs a second. */
    private static final class Shared {
        static final Optional<OpenApiContract> CONTRACT =
                Files.isReadable(pathOfIceberg()) ? Optional.of(read(pathOfIceberg())) : Optional.empty();
    }
}
