package dev.tarn.s3;

import dev.tarn.common.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an embedded S3 server is started.
 *
 * @param host address to bind to
 * @param port TCP port, 0 to 65535; 0 picks a free one
 * @param folder where objects are kept; empty keeps them in memory until the server closes
 * @param accessKeyId the public half of the only key pair that is let in
 * @param secretAccessKey the secret half
 */
public record EmbeddedS3Options(
        String host, int port, Optional<Path> folder, String accessKeyId, Secret secretAccessKey) {
    private static final String LOOPBACK = "127.0.0.1";

    /** Refuses an empty host or key id and a port outside 0 to 65535. */
    public EmbeddedS3Options {
        if (host.isBlank()) {
            throw new IllegalArgumentException("The host of an embedded S3 server must not be empty");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("The port of an embedded S3 server must be 0 to 65535 but was " + port);
        }
        if (accessKeyId.isBlank()) {
            throw new IllegalArgumentException("The access key id of an embedded S3 server must not be empty");
        }
    }

    /** On a free loopback port, with objects in memory (4 GB at most): everything is lost on close. */
    public static EmbeddedS3Options inMemory(String accessKeyId, Secret secretAccessKey) {
        return new EmbeddedS3Options(LOOPBACK, 0, Optional.empty(), accessKeyId, secretAccessKey);
    }

    /** On a free loopback port, with objects in a folder, which is created if it is absent. */
    public static EmbeddedS3Options inFolder(Path folder, String accessKeyId, Secret secretAccessKey) {
        return new EmbeddedS3Options(LOOPBACK, 0, Optional.of(folder), accessKeyId, secretAccessKey);
    }

    /** The same server on another address. */
    public EmbeddedS3Options at(String newHost, int newPort) {
        return new EmbeddedS3Options(newHost, newPort, folder, accessKeyId, secretAccessKey);
    }
}
