package dev.tarn.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One Netty for catalog, gateway and S3 client together. */
final class OneNettyTest {
    /** {@code netty-tcnative} has version numbers of its own; {@code netty-nio-client} is a part of the AWS SDK. */
    private static final Pattern NETTY_JAR =
            Pattern.compile("netty-(?!tcnative|nio-client)[a-z0-9-]+-(\\d[^/]*?Final).*\\.jar");

    @Test
    void everyNettyJarOnTheClassPathHasTheSameVersion() {
        Set<String> jars = new TreeSet<>();
        Set<String> versions = new TreeSet<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = String.valueOf(Path.of(entry).getFileName());
            Matcher matcher = NETTY_JAR.matcher(name);
            if (matcher.matches()) {
                jars.add(name);
                versions.add(matcher.group(1));
            }
        }

        assertThat(jars).as("Netty jars found").hasSizeGreaterThan(5);
        assertThat(versions).as("versions of %s", jars).hasSize(1);
    }
}
