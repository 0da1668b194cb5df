package dev.tarn.testkit;

import dev.tarn.s3.EmbeddedS3;
import dev.tarn.s3.EmbeddedS3Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Tarn's own server in this JVM: always there. */
final class EmbeddedSource implements S3Source {
    @Override
    public Optional<Running> start() {
        LocalKeys keys = LocalKeys.random();
        try {
            Path folder = Files.createTempDirectory("tarn-s3-");
            EmbeddedS3 server =
                    EmbeddedS3.start(EmbeddedS3Options.inFolder(folder, keys.accessKeyId(), keys.secretAccessKey()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder), "stop-embedded-s3"));
            return Optional.of(new Running(
                    "embedded server (%s)".formatted(server.uri()),
                    keys.settings(server.uri().toString())));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a temporary folder for the embedded S3 server", e);
        }
    }

    private static void stop(EmbeddedS3 server, Path folder) {
        server.close();
        TemporaryFolders.delete(folder);
    }
}
