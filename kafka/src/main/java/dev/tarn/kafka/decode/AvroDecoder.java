package dev.tarn.kafka.decode;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.registry.RegisteredSchema;
import dev.tarn.kafka.registry.SchemaRegistry;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Avro records: with the header of a schema registry, or bare with one schema that is given. Records are read with the
 * schema that they were written with; fields find their columns by name, so no reader schema is needed.
 */
public final class AvroDecoder implements RecordDecoder {
    private final Function<ByteBuffer, Schema> schemaOf;

    private AvroDecoder(Function<ByteBuffer, Schema> schemaOf) {
        this.schemaOf = schemaOf;
    }

    /** For records that name their schema by its id in a registry. */
    public static AvroDecoder withRegistry(SchemaRegistry registry) {
        // As many as the registry keeps: it forgets all at once, and so does this.
        Map<RegisteredSchema, Schema> parsed = new HashMap<>();
        return new AvroDecoder(bytes -> {
            RegisteredSchema registered = find(registry, WireFormat.readSchemaId(bytes));
            if (parsed.size() > SchemaRegistry.MAX_CACHED) {
                parsed.clear();
            }
            return parsed.computeIfAbsent(registered, AvroDecoder::parse);
        });
    }

    /**
     * For bare records that were all written with one schema.
     *
     * @param schema the schema in JSON
     * @throws TarnException INVALID if it is no schema
     */
    public static AvroDecoder withSchema(String schema) {
        Schema parsed = parse(new Schema.Parser(), schema, "The Avro schema");
        return new AvroDecoder(bytes -> parsed);
    }

    @Override
    public Map<String, @Nullable Object> decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Schema schema = schemaOf.apply(buffer);
        try {
            return AvroValues.read(schema, buffer.slice());
        } catch (DateTimeException | ArithmeticException e) {
            throw new BadRecordException(Fault.UNDECODABLE, "Avro: a date or timestamp out of every range", e);
        }
    }

    static RegisteredSchema find(SchemaRegistry registry, int id) {
        Optional<RegisteredSchema> schema = registry.find(id);
        return schema.orElseThrow(() -> new BadRecordException(
                Fault.UNKNOWN_SCHEMA, "The schema registry %s has no schema %d".formatted(registry.uri(), id)));
    }

    private static Schema parse(RegisteredSchema registered) {
        if (registered.type() != RegisteredSchema.Type.AVRO) {
            throw new BadRecordException(
                    Fault.UNKNOWN_SCHEMA,
                    "Schema %d is of type %s but the format of the topic is AVRO; name the format that the records have"
                            .formatted(registered.id(), registered.type()));
        }
        Schema.Parser parser = new Schema.Parser();
        registered.references().forEach(reference -> parser.parse(reference.text()));
        return parse(parser, registered.text(), "Schema " + registered.id() + " of the registry");
    }

    private static Schema parse(Schema.Parser parser, String text, String name) {
        try {
            return parser.parse(text);
        } catch (AvroRuntimeException e) {
            throw new TarnException(ErrorKind.INVALID, "%s is no Avro schema: %s".formatted(name, e.getMessage()), e);
        }
    }
}
