package dev.tarn.catalog.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.exceptions.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may pass for JSON in a request body, and what may not. */
class JsonTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] around(byte... bytes) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        json.writeBytes(utf8("{\"a\":\""));
        json.writeBytes(bytes);
        json.writeBytes(utf8("\"}"));
        return json.toByteArray();
    }

    static List<byte[]> refused() {
        return List.of(
                utf8(""),
                utf8("null"),
                utf8("[]"),
                utf8("{\"a\":1"),
                utf8("{\"a\":1}]"),
                utf8("{\"a\":1} {}"),
                utf8("{\"a\":1,\"a\":2}"),
                utf8("{\"a\":NaN}"),
                utf8("{\"a\":Infinity}"),
                utf8("{\"a\":01}"),
                utf8("{'a':1}"),
                utf8("{a:1}"),
                utf8("{\"a\":1,}"),
                utf8("// no\n{\"a\":1}"),
                utf8("{\"a\":\"\n\"}"),
                utf8("\ufeff{\"a\":1}"),
                "{\"a\":1}".getBytes(StandardCharsets.UTF_16),
                "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE),
                around((byte) 0xff),
                around((byte) 0xc3),
                around((byte) 0xc0, (byte) 0x80),
                around((byte) 0xed, (byte) 0xa0, (byte) 0x80),
                utf8("{\"a\":\"\\ud83c\"}"),
                utf8("{\"\\uDFD4\":1}"),
                utf8("{\"a\":[{\"b\":\"x\\ud83cy\"}]}"),
                utf8("{\"a\":" + "9".repeat(1_001) + "}"),
                utf8("{\"a\":\"" + "x".repeat((1 << 20) + 1) + "\"}"),
                utf8("{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNoStrictJsonObjectIsRefused(byte[] body) {
        assertThatThrownBy(() -> Json.readObject(body)).isInstanceOf(BadRequestException.class);
    }

    @Test
    void whatIsAtTheLimitsIsRead() {
        assertThat(Json.readObject(utf8(" {\"a\":\"é\\ud83c\\uDFD4🏔\"}\n"))
                        .get("a")
                        .textValue())
                .isEqualTo("é🏔🏔");
        assertThat(Json.readObject(utf8("{\"a\":" + "9".repeat(1_000) + "}"))
                        .get("a")
                        .isNumber())
                .isTrue();
        assertThat(Json.readObject(utf8("{\"a\":\"" + "x".repeat(1 << 20) + "\"}"))
                        .get("a")
                        .textValue())
                .hasSize(1 << 20);
        assertThat(Json.readObject(utf8("{\"a\":" + "[".repeat(499) + "]".repeat(499) + "}"))
                        .get("a")
                        .isArray())
                .isTrue();
    }
}
