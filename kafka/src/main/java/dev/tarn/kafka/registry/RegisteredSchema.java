package dev.tarn.kafka.registry;

import java.util.List;

/**
 * A schema as a registry knows it.
 *
 * @param id its number in the registry
 * @param type its language
 * @param text the schema: JSON for Avro, a base64-encoded file descriptor for Protobuf
 * @param references what it builds on, each before those that build on it
 */
public record RegisteredSchema(int id, Type type, String text, List<Reference> references) {
    /** The language of a schema. */
    public enum Type {
        /** Avro's own JSON. */
        AVRO,
        /** Protocol Buffers. */
        PROTOBUF,
        /** JSON Schema. */
        JSON
    }

    /**
     * Another schema that is needed to understand this one.
     *
     * @param name the name that it is imported by
     * @param text as {@link RegisteredSchema#text}
     */
    public record Reference(String name, String text) {}

    /** Copies the list. */
    public RegisteredSchema {
        references = List.copyOf(references);
    }
}
