package dev.tarn.writer.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
    @Test
    void agreesWithTheDecoderOfJavaOnRandomBytes() {
        long seed = System.nanoTime();
        System.out.println("agreesWithTheDecoderOfJavaOnRandomBytes seed " + seed);
        Random random = new Random(seed);
        try (BufferAllocator allocator = new RootAllocator();
                ArrowBuf memory = allocator.buffer(64)) {
            for (int i = 0; i < 200_000; i++) {
                byte[] bytes = nearlyText(random);
                memory.setBytes(0, bytes);

                assertThat(Utf8.isValid(bytes, 0, bytes.length))
                        .as("seed %d bytes %s", seed, HexFormat.of().formatHex(bytes))
                        .isEqualTo(isValidForJava(bytes));
                assertThat(Utf8.isValid(memory, 0, bytes.length)).isEqualTo(isValidForJava(bytes));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "c0af", "e08080", "eda080", "f08080af", "f4908080", "f5808080", "e282", "61c3", "ff"})
    void refusesWhatIsNoCharacter(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(Utf8.isValid(bytes, 0, bytes.length)).isFalse();
    }

    @Test
    void looksAtTheGivenRangeOnly() {
        byte[] bytes = HexFormat.of().parseHex("80616280");

        assertThat(Utf8.isValid(bytes, 1, 3)).isTrue();
    }

    @Test
    void encodesTextsWithQuestionMarksAndPairs() {
        String text = "why? \uD83D\uDE00 é";

        assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDE00", "\uDE00\uD83D", "what?\uD83D"})
    void refusesToEncodeHalfAPair(String text) {
        assertThatThrownBy(() -> Utf8.encode(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the text holds half a surrogate pair");
    }

    private static byte[] nearlyText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> random.nextInt(0x800);
                        case 2 -> random.nextInt(0xD800);
                        default -> 0x10000 + random.nextInt(0x100000);
                    });
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static boolean isValidForJava(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
