package dev.tarn.testkit;

import dev.tarn.storage.S3Settings;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of the AWS SDK for the endpoints of the fixture. */
final class S3Clients {
    /** A server that is up answers in milliseconds; one that still starts may hold a request for good. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    private S3Clients() {}

    /** The caller closes the client. */
    static S3Client connect(S3Settings settings) {
        return builder(settings).build();
    }

    /** Whether the endpoint answers a signed request now. */
    static boolean answers(S3Settings settings) {
        try (S3Client client = builder(settings)
                .overrideConfiguration(configuration -> configuration.apiCallTimeout(PROBE_TIMEOUT))
                .build()) {
            client.listBuckets();
            return true;
        } catch (SdkException notYet) {
            return false;
        }
    }

    private static S3ClientBuilder builder(S3Settings settings) {
        S3Settings.S3Keys keys = settings.keys()
                .orElseThrow(() -> new IllegalStateException("The S3 endpoint of the tests must have keys"));
        return S3Client.builder()
                .endpointOverride(URI.create(settings.endpoint()))
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.pathStyle())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        keys.accessKeyId(), keys.secretAccessKey().reveal())));
    }
}
