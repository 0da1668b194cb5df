package dev.tarn.catalog.warehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
    private static final Secret KEY = Secret.of(Base64.getEncoder().encodeToString(new byte[32]));
    private static final SecretBox BOX = new SecretBox(() -> KEY);

    @Test
    void whatIsSealedForAPlaceOpensThereAndNowhereElse() {
        String sealed = BOX.seal("hush", "here");

        assertThat(SecretBox.isSealed(sealed)).isTrue();
        assertThat(sealed).doesNotContain("hush");
        assertThat(BOX.seal("hush", "here")).isNotEqualTo(sealed);
        assertThat(BOX.open(sealed, "here")).isEqualTo("hush");
        assertThatThrownBy(() -> BOX.open(sealed, "there"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("The secret of there cannot be opened");
    }

    @Test
    void anotherKeyOrADamagedTextOpensNothing() {
        byte[] other = new byte[32];
        other[0] = 1;
        SecretBox stranger = new SecretBox(() -> Secret.of(Base64.getEncoder().encodeToString(other)));
        String sealed = BOX.seal("hush", "here");

        assertThatThrownBy(() -> stranger.open(sealed, "here"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("set it anew");
        assertThatThrownBy(() -> BOX.open("sealed:1:AAAA", "here"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("cannot be opened");
    }

    @Test
    void aKeyOfAnotherSizeIsRefused() {
        SecretBox wrong = new SecretBox(() -> Secret.of("c2hvcnQ="));

        assertThatThrownBy(() -> wrong.seal("hush", "here"))
                .isInstanceOf(TarnException.class)
                .hasMessageContaining("'catalog.secret-key' must be 32 bytes in Base64");
    }

    @Test
    void theKeyFileIsMadeOnceAndForItsOwnerOnly(@TempDir Path folder) throws IOException {
        Secret first = SecretKeyFile.read(folder);

        assertThat(SecretKeyFile.read(folder)).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("catalog.key"))))
                .isEqualTo("rw-------");
        assertThat(new SecretBox(() -> first).seal("hush", "here")).startsWith("sealed:1:");
    }
}
