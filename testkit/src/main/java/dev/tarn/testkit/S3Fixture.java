package dev.tarn.testkit;

import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseUri;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The S3 endpoint that tests run against. The first of these that is there: the one that {@code TEST_S3_ENDPOINT} and its
 * companions name, MinIO in a container, a {@code minio} program, the embedded server. One per JVM; what it starts ends
 * with the JVM. Thread-safe. Nobody closes it.
 */
public final class S3Fixture {
    /** Room for a hyphen and twelve more characters within the 63 that a bucket name may have. */
    private static final int MAX_PREFIX_LENGTH = 48;

    private final S3Source.Running endpoint;
    private final S3Client client;

    private S3Fixture(S3Source.Running endpoint) {
        this.endpoint = endpoint;
        this.client = S3Clients.connect(endpoint.settings());
    }

    /** The endpoint of this JVM: started, and named on standard output, at the first call. */
    public static S3Fixture shared() {
        return Shared.INSTANCE;
    }

    /** A fixture over one endpoint, for tests of the endpoints themselves. */
    static S3Fixture over(S3Source.Running endpoint) {
        return new S3Fixture(endpoint);
    }

    /** Which endpoint it is, for people: {@code minio binary (...)}. */
    public String description() {
        return endpoint.description();
    }

    /** How the endpoint is reached, with keys that may do everything. */
    public S3Settings settings() {
        return endpoint.settings();
    }

    /** A client of the AWS SDK for what a test arranges or checks. Shared: do not close it. */
    public S3Client client() {
        return client;
    }

    /**
     * Creates an empty bucket with a name nobody else has.
     *
     * @param prefix start of the name: lower-case letters, digits and hyphens, 48 at most
     */
    public String newBucket(String prefix) {
        if (!prefix.matches("[a-z0-9][a-z0-9-]*") || prefix.length() > MAX_PREFIX_LENGTH) {
            throw new IllegalArgumentException(
                    "The prefix of a bucket must be 1 to %d lower-case letters, digits and hyphens but was '%s'"
                            .formatted(MAX_PREFIX_LENGTH, prefix));
        }
        String name = prefix
                + '-'
                + UUID.randomUUID().toString().toLowerCase(Locale.ROOT).substring(24);
        client.createBucket(request -> request.bucket(name));
        return name;
    }

    /** A warehouse in a new bucket of its own. */
    public WarehouseUri warehouse() {
        return new WarehouseUri("s3://" + newBucket("warehouse") + "/tables");
    }

    /** The first source that this machine offers; one that is there but broken is named on standard output and skipped. */
    static S3Source.Running firstOf(List<S3Source> sources) {
        IllegalStateException failure = new IllegalStateException("No S3 endpoint could be started");
        for (S3Source source : sources) {
            try {
                Optional<S3Source.Running> running = source.start();
                if (running.isPresent()) {
                    return running.get();
                }
            } catch (RuntimeException e) {
                System.out.printf(
                        "S3 fixture: %s failed: %s%n", source.getClass().getSimpleName(), e.getMessage());
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    /** State of the JVM on purpose: a server for each test class would cost seconds each. */
    private static final class Shared {
        static final S3Fixture INSTANCE = open();

        private static S3Fixture open() {
            Map<String, String> environment = System.getenv();
            // Outside the list of those that may fail: who names an endpoint means that one and no other.
            S3Source.Running endpoint = new EnvironmentS3(environment)
                    .start()
                    .orElseGet(() ->
                            firstOf(List.of(new ContainerMinio(), new MinioBinary(environment), new EmbeddedSource())));
            System.out.println("S3 fixture: " + endpoint.description());
            return new S3Fixture(endpoint);
        }
    }
}
