package dev.tarn.kafka.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.decode.BadRecordException.Fault;
import dev.tarn.kafka.registry.RegistryLogin;
import dev.tarn.kafka.registry.SchemaRegistry;
import dev.tarn.kafka.registry.TestRegistry;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages as Protobuf's own library writes them, with the header of a registry and without. */
class ProtobufDecoderTest {
    private static final FileDescriptorProto FILE = FileDescriptorProto.newBuilder()
            .setName("order.proto")
            .setPackage("shop")
            .setSyntax("proto3")
            .addDependency("google/protobuf/timestamp.proto")
            .addMessageType(DescriptorProto.newBuilder()
                    .setName("Order")
                    .addField(field("id", 1, Type.TYPE_UINT64, Label.LABEL_OPTIONAL))
                    .addField(field("at", 2, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL)
                            .setTypeName(".google.protobuf.Timestamp"))
                    .addField(field("tags", 3, Type.TYPE_STRING, Label.LABEL_REPEATED))
                    .addField(field("lines", 4, Type.TYPE_MESSAGE, Label.LABEL_REPEATED)
                            .setTypeName(".shop.Order.Line"))
                    .addField(field("raw", 5, Type.TYPE_BYTES, Label.LABEL_OPTIONAL))
                    .addNestedType(DescriptorProto.newBuilder()
                            .setName("Line")
                            .addField(field("sku", 1, Type.TYPE_STRING, Label.LABEL_OPTIONAL))
                            .addField(field("parent", 2, Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL)
                                    .setTypeName(".shop.Order.Line"))))
            .addMessageType(DescriptorProto.newBuilder()
                    .setName("Other")
                    .addField(field("n", 1, Type.TYPE_INT32, Label.LABEL_OPTIONAL)))
            .build();

    private final TestRegistry server = new TestRegistry();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void messagesOfADescriptorFileComeBackAsJavaValues() throws Exception {
        Map<String, Object> fields =
                ProtobufDecoder.withDescriptors(descriptorSet(), "shop.Order").decode(order().toByteArray());

        assertThat(fields)
                .containsEntry("id", BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE))
                .containsEntry("at", Instant.ofEpochSecond(100, 5_000))
                .containsEntry("tags", List.of("a"));
        Map<?, ?> line = (Map<?, ?>) ((List<?>) fields.get("lines")).get(0);
        assertThat(line.get("sku")).isEqualTo("s1");
        assertThat(line.get("parent")).isNull();
        assertThat(fields.get("raw")).isEqualTo(new byte[] {1});
    }

    @Test
    void theMessageIsFoundByIdAndIndexesInTheHeader() throws Exception {
        register();

        assertThat(decoder().decode(framed(new byte[] {0}, order().toByteArray())))
                .containsEntry("tags", List.of("a"));
        assertThat(decoder().decode(framed(new byte[] {2, 2}, new byte[] {8, 5})))
                .containsEntry("n", 5);
        assertThat(decoder().decode(framed(new byte[] {4, 0, 0}, new byte[] {10, 1, 'x'})))
                .containsEntry("sku", "x");
    }

    @Test
    void hostileHeadersAndBodiesAreBadRecords() {
        register();

        assertBad(framed(new byte[] {2, 40}, new byte[] {}), "message index 20 where the schema has 2 messages");
        assertBad(framed(new byte[] {(byte) 0xfe, 0x7f}, new byte[] {}), "message indexes where 0 to 20 can be");
        assertBad(framed(new byte[] {1}, new byte[] {}), "message indexes");
        assertBad(framed(new byte[] {}, new byte[] {}), "ends in the middle");
        assertBad(framed(new byte[] {0}, new byte[] {26, (byte) 0xff, (byte) 0xff, 0x7f}), "no Protobuf message");
    }

    @Test
    void messagesThatAreTooDeepAreBadRecords() {
        register();
        byte[] body = {};
        for (int depth = 0; depth < 500; depth++) {
            ByteArrayOutputStream nested = new ByteArrayOutputStream();
            nested.write(18);
            for (int length = body.length; ; length >>>= 7) {
                nested.write(length > 127 ? (length & 127) | 128 : length);
                if (length <= 127) {
                    break;
                }
            }
            nested.writeBytes(body);
            body = nested.toByteArray();
        }

        assertBad(framed(new byte[] {4, 0, 0}, body), "no Protobuf message");
    }

    @Test
    void damagedMessagesAreBadRecordsAndNothingElse() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = order().toByteArray();
        ProtobufDecoder decoder = ProtobufDecoder.withDescriptors(descriptorSet(), "shop.Order");
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int change = random.nextInt(4); change > 0 && damaged.length > 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                decoder.decode(damaged);
            } catch (BadRecordException e) {
                assertThat(e.fault()).isEqualTo(Fault.UNDECODABLE);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", record " + i, e);
            }
        }
    }

    @Test
    void unknownMessagesAndFilesThatAreNoneAreNamed() {
        assertThatThrownBy(() -> ProtobufDecoder.withDescriptors(descriptorSet(), "shop.Ordr"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("no message type 'shop.Ordr'")
                .hasMessageContaining("shop.Order");
        assertThatThrownBy(() -> ProtobufDecoder.withDescriptors(new byte[] {1, 2, 3}, "x"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("protoc --include_imports");
    }

    private void register() {
        server.register(6, "PROTOBUF", "syntax = \"proto3\"; ...");
        server.serialized("/schemas/ids/6", Base64.getEncoder().encodeToString(FILE.toByteArray()));
    }

    private ProtobufDecoder decoder() {
        return ProtobufDecoder.withRegistry(new SchemaRegistry(server.uri(), RegistryLogin.NONE));
    }

    private void assertBad(byte[] bytes, String message) {
        assertThatThrownBy(() -> decoder().decode(bytes))
                .isInstanceOfSatisfying(
                        BadRecordException.class, e -> assertThat(e.fault()).isEqualTo(Fault.UNDECODABLE))
                .hasMessageContaining(message);
    }

    private static byte[] framed(byte[] indexes, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 0, 0, 6});
        out.writeBytes(indexes);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static DynamicMessage order() throws Exception {
        FileDescriptor file = FileDescriptor.buildFrom(FILE, new FileDescriptor[] {TimestampProto.getDescriptor()});
        Descriptor order = file.findMessageTypeByName("Order");
        Descriptor line = order.findNestedTypeByName("Line");
        return DynamicMessage.newBuilder(order)
                .setField(order.findFieldByName("id"), -1L)
                .setField(
                        order.findFieldByName("at"),
                        Timestamp.newBuilder().setSeconds(100).setNanos(5_000).build())
                .addRepeatedField(order.findFieldByName("tags"), "a")
                .addRepeatedField(
                        order.findFieldByName("lines"),
                        DynamicMessage.newBuilder(line)
                                .setField(line.findFieldByName("sku"), "s1")
                                .build())
                .setField(order.findFieldByName("raw"), ByteString.copyFrom(new byte[] {1}))
                .build();
    }

    private static byte[] descriptorSet() {
        return FileDescriptorSet.newBuilder()
                .addFile(TimestampProto.getDescriptor().toProto())
                .addFile(FILE)
                .build()
                .toByteArray();
    }

    private static FieldDescriptorProto.Builder field(String name, int number, Type type, Label label) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(label);
    }
}
