package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.KafkaIngestOptions.Envelope;
import dev.tarn.kafka.decode.AvroDecoder;
import dev.tarn.kafka.decode.JsonDecoder;
import dev.tarn.kafka.decode.ProtobufDecoder;
import dev.tarn.kafka.decode.RecordDecoder;
import dev.tarn.kafka.decode.TextDecoder;
import dev.tarn.kafka.registry.SchemaRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how records are written. */
final class KafkaFormatFlags {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Form of values: json, avro or protobuf; default ${DEFAULT-VALUE}.")
    private Format format = Format.JSON;

    @Option(
            names = "--key-format",
            paramLabel = "FORMAT",
            description = "Form of keys: text, json, avro or protobuf; by default keys are not looked at.")
    @Nullable
    private Format keyFormat;

    @Option(
            names = "--registry",
            paramLabel = "URI",
            description = "Schema registry; its login is set by kafka.registry.*")
    String registry = "";

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "Without a registry: an Avro schema, or what protoc --include_imports --descriptor_set_out writes.")
    @Nullable
    private Path schema;

    @Option(
            names = "--message",
            paramLabel = "NAME",
            description = "With a Protobuf --schema: full name of the message.")
    private String message = "";

    @Option(
            names = "--envelope",
            paramLabel = "NAME",
            description = "What is around the row in a value: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    Envelope envelope = Envelope.NONE;

    private enum Format {
        JSON,
        AVRO,
        PROTOBUF,
        TEXT
    }

    RecordDecoder values(Optional<SchemaRegistry> schemas) {
        if (format == Format.TEXT) {
            throw new TarnException(ErrorKind.INVALID, "--format must be json, avro or protobuf but was text");
        }
        return decoder(format, schemas, schema);
    }

    /** Keys have no schema file: where they have a schema, it is in the registry. */
    Optional<RecordDecoder> keys(Optional<SchemaRegistry> schemas) {
        return Optional.ofNullable(keyFormat).map(form -> decoder(form, schemas, null));
    }

    private RecordDecoder decoder(Format form, Optional<SchemaRegistry> schemas, @Nullable Path file) {
        return switch (form) {
            case JSON -> new JsonDecoder();
            case TEXT -> new TextDecoder();
            case AVRO ->
                file == null
                        ? AvroDecoder.withRegistry(required(schemas))
                        : AvroDecoder.withSchema(new String(read(file), StandardCharsets.UTF_8));
            case PROTOBUF ->
                file == null
                        ? ProtobufDecoder.withRegistry(required(schemas))
                        : ProtobufDecoder.withDescriptors(read(file), message);
        };
    }

    private static SchemaRegistry required(Optional<SchemaRegistry> schemas) {
        return schemas.orElseThrow(() -> new TarnException(
                ErrorKind.INVALID, "Avro and Protobuf need a schema: give --registry, or --schema for bare values"));
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TarnException(ErrorKind.NOT_FOUND, "Cannot read the schema file '%s'".formatted(file), e);
        }
    }
}
