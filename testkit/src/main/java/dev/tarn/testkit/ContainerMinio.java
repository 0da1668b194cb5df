package dev.tarn.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** MinIO in a container, which Testcontainers removes when this JVM is gone. */
final class ContainerMinio implements S3Source {
    private static final DockerImageName IMAGE = DockerImageName.parse("minio/minio:RELEASE.2025-09-07T16-13-09Z");
    private static final int PORT = 9000;

    @Override
    public Optional<Running> start() {
        if (!mayHaveDocker() || !DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        LocalKeys keys = LocalKeys.random();
        GenericContainer<?> container = new GenericContainer<>(IMAGE)
                .withCommand("server", "/data")
                .withEnv(Map.of(
                        "MINIO_ROOT_USER",
                        keys.accessKeyId(),
                        "MINIO_ROOT_PASSWORD",
                        keys.secretAccessKey().reveal()))
                .withExposedPorts(PORT)
                .waitingFor(Wait.forHttp("/minio/health/ready").forPort(PORT));
        container.start();
        String endpoint = "http://%s:%d".formatted(container.getHost(), container.getMappedPort(PORT));
        return Optional.of(new Running("MinIO container (%s, %s)".formatted(IMAGE, endpoint), keys.settings(endpoint)));
    }

    /** Testcontainers looks long and loudly for an engine, so it is asked only where there is a sign of one. */
    private static boolean mayHaveDocker() {
        return System.getenv("DOCKER_HOST") != null
                || Files.exists(Path.of("/var/run/docker.sock"))
                || Files.exists(Path.of(System.getProperty("user.home"), ".docker", "run", "docker.sock"));
    }
}
