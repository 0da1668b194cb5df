package dev.tarn.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Version;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One Netty for catalog, gateway and S3 client together. */
final class OneNettyTest {
    @Test
    void everyNettyArtifactOnTheClassPathHasTheSameVersion() {
        Map<String, String> versions = new TreeMap<>();
        Version.identify(getClass().getClassLoader())
                .forEach((artifact, version) -> versions.put(artifact, version.artifactVersion()));

        assertThat(versions).as("Netty artifacts found").hasSizeGreaterThan(5);
        assertThat(versions.values().stream().filter(v -> !v.startsWith("2.0.")).distinct())
                .as("versions of %s", versions)
                .hasSize(1);
    }
}
