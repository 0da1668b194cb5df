package dev.tarn.kafka.decode;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.registry.RegisteredSchema;
import dev.tarn.kafka.registry.SchemaRegistry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Protobuf messages: with the header and the message indexes of a schema registry, or bare with a descriptor file.
 * Fields without presence have their default where they are absent; fields with presence are null.
 */
public final class ProtobufDecoder implements RecordDecoder {
    /** Levels of messages within messages that a record may name. */
    private static final int MAX_INDEXES = 20;

    private final Function<ByteBuffer, Descriptor> typeOf;

    private ProtobufDecoder(Function<ByteBuffer, Descriptor> typeOf) {
        this.typeOf = typeOf;
    }

    /** For messages that name their schema by its id in a registry; it must serve serialized descriptors. */
    public static ProtobufDecoder withRegistry(SchemaRegistry registry) {
        Map<RegisteredSchema, FileDescriptor> parsed = new HashMap<>();
        return new ProtobufDecoder(bytes -> {
            RegisteredSchema registered = AvroDecoder.find(registry, WireFormat.readSchemaId(bytes));
            if (parsed.size() > SchemaRegistry.MAX_CACHED) {
                parsed.clear();
            }
            return message(parsed.computeIfAbsent(registered, ProtobufDecoder::parse), readIndexes(bytes));
        });
    }

    /**
     * For bare messages that are all of one type.
     *
     * @param descriptorSet what {@code protoc --include_imports --descriptor_set_out} writes
     * @param messageType full name of the type
     * @throws TarnException INVALID if the set is none, NOT_FOUND with the nearest name
     */
    public static ProtobufDecoder withDescriptors(byte[] descriptorSet, String messageType) {
        Map<String, Descriptor> types = new HashMap<>();
        try {
            Map<String, FileDescriptor> files = new HashMap<>();
            for (FileDescriptorProto file :
                    FileDescriptorSet.parseFrom(descriptorSet).getFileList()) {
                FileDescriptor built = build(file, files);
                files.put(file.getName(), built);
                built.getMessageTypes().forEach(type -> collect(type, types));
            }
        } catch (InvalidProtocolBufferException | DescriptorValidationException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The descriptor file cannot be used: %s; write it by protoc --include_imports --descriptor_set_out"
                            .formatted(e.getMessage()),
                    e);
        }
        Descriptor type = types.get(messageType);
        if (type == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "The descriptor file has no message type '%s'%s"
                            .formatted(messageType, NearestName.hint(messageType, types.keySet())));
        }
        return new ProtobufDecoder(bytes -> type);
    }

    @Override
    public Map<String, @Nullable Object> decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Descriptor type = typeOf.apply(buffer);
        try {
            return ProtobufValues.fields(
                    DynamicMessage.parseFrom(type, com.google.protobuf.CodedInputStream.newInstance(buffer)));
        } catch (java.io.IOException e) {
            throw new BadRecordException(
                    Fault.UNDECODABLE, "The bytes are no Protobuf message of type " + type.getFullName(), e);
        }
    }

    private static void collect(Descriptor type, Map<String, Descriptor> types) {
        types.put(type.getFullName(), type);
        type.getNestedTypes().forEach(nested -> collect(nested, types));
    }

    /** Which message of the file: a path of indexes, of which a single zero is written as just that. */
    private static List<Integer> readIndexes(ByteBuffer bytes) {
        RecordBytes varints = new RecordBytes(bytes);
        int count = varints.readInt();
        if (count == 0) {
            return List.of(0);
        }
        if (count < 0 || count > MAX_INDEXES) {
            throw new BadRecordException(
                    Fault.UNDECODABLE,
                    "Protobuf: %d message indexes where 0 to %d can be".formatted(count, MAX_INDEXES));
        }
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indexes.add(varints.readInt());
        }
        return indexes;
    }

    private static Descriptor message(FileDescriptor file, List<Integer> indexes) {
        List<Descriptor> level = file.getMessageTypes();
        Descriptor found = null;
        for (int index : indexes) {
            if (index < 0 || index >= level.size()) {
                throw new BadRecordException(
                        Fault.UNDECODABLE,
                        "Protobuf: message index %d where the schema has %d messages".formatted(index, level.size()));
            }
            found = level.get(index);
            level = found.getNestedTypes();
        }
        if (found == null) {
            throw new BadRecordException(Fault.UNDECODABLE, "Protobuf: no message index");
        }
        return found;
    }

    private static FileDescriptor parse(RegisteredSchema registered) {
        if (registered.type() != RegisteredSchema.Type.PROTOBUF) {
            throw new BadRecordException(
                    Fault.UNKNOWN_SCHEMA,
                    "Schema %d is of type %s but the format of the topic is PROTOBUF; name the format that the records have"
                            .formatted(registered.id(), registered.type()));
        }
        try {
            Map<String, FileDescriptor> files = new HashMap<>();
            for (RegisteredSchema.Reference reference : registered.references()) {
                files.put(reference.name(), build(proto(reference.text()), files));
            }
            return build(proto(registered.text()), files);
        } catch (InvalidProtocolBufferException | DescriptorValidationException | IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Schema %d of the registry cannot be used (%s): it must answer format=serialized; a descriptor file works without"
                            .formatted(registered.id(), e.getMessage()),
                    e);
        }
    }

    private static FileDescriptorProto proto(String base64) throws InvalidProtocolBufferException {
        return FileDescriptorProto.parseFrom(Base64.getDecoder().decode(base64));
    }

    private static FileDescriptor build(FileDescriptorProto file, Map<String, FileDescriptor> known)
            throws DescriptorValidationException {
        List<FileDescriptor> dependencies = new ArrayList<>();
        for (String name : file.getDependencyList()) {
            FileDescriptor dependency = known.containsKey(name) ? known.get(name) : WellKnownTypes.FILES.get(name);
            if (dependency != null) {
                dependencies.add(dependency);
            }
        }
        return FileDescriptor.buildFrom(file, dependencies.toArray(FileDescriptor[]::new));
    }
}
