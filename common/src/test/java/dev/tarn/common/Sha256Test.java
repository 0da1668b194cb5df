package dev.tarn.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Sha256Test {
    @Test
    void theHashIsTheOneOfTheStandardWhetherWholeOrInPieces() {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        var digest = Sha256.digest();
        digest.update(abc, 0, 1);
        digest.update(abc, 1, 2);

        assertThat(HexFormat.of().formatHex(Sha256.of(abc)))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(digest.digest()).isEqualTo(Sha256.of(abc));
    }
}
