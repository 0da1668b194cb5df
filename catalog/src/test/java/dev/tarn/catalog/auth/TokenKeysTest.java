package dev.tarn.catalog.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeysTest {
    private final SettableClock clock = new SettableClock(Instant.EPOCH);

    @TempDir
    Path folder;

    @Test
    void theKeyOutlivesTheProcessInAFileThatOnlyItsOwnerReads() throws IOException {
        Path file = folder.resolve("deep/keys.json");
        TokenKeys made = TokenKeys.open(file, clock);

        assertThat(TokenKeys.open(file, clock).signing().getKeyID())
                .isEqualTo(made.signing().getKeyID());
        Assumptions.assumeTrue(
                file.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "The file system knows no owners");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anotherKeySignsAfterARotationAndTheOlderOnesStillCount() {
        TokenKeys keys = TokenKeys.open(folder.resolve("keys.json"), clock);
        String first = keys.signing().getKeyID();

        keys.rotate();
        assertThat(ids(keys)).hasSize(2).contains(first);
        assertThat(keys.signing().getKeyID()).isNotEqualTo(first);

        keys.rotate();
        keys.rotate();
        assertThat(ids(keys)).hasSize(3).doesNotContain(first);
    }

    @Test
    void aReplicaFindsTheKeyThatAnotherOneMade() {
        Path file = folder.resolve("keys.json");
        TokenKeys one = TokenKeys.open(file, clock);
        TokenKeys other = TokenKeys.open(file, clock);
        one.rotate();
        String made = one.signing().getKeyID();

        assertThat(other.keys(made)).extracting(JWK::getKeyID).doesNotContain(made);
        clock.advance(Duration.ofSeconds(6));
        assertThat(other.keys(made)).extracting(JWK::getKeyID).contains(made);
    }

    @Test
    void aFileWithoutKeysIsCorrupt() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), "{\"keys\":[]}");

        assertThatThrownBy(() -> TokenKeys.open(file, clock))
                .isInstanceOfSatisfying(
                        TarnException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
                .hasMessage("The file %s holds no key that can sign tokens; delete it to get a new one", file);
    }

    private static List<String> ids(TokenKeys keys) {
        return keys.keys("").stream().map(JWK::getKeyID).toList();
    }
}
