package dev.tarn.catalog.credentials;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;

/** Assumes the warehouse's role under a session policy. Thread-safe. */
final class StsCredentialSource implements CredentialSource {
    /** How the sessions are called in the logs of the store. */
    private static final String SESSION_NAME = "tarn-catalog";

    /** Clients wait for the answer with their load; what takes longer will not come. */
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(4);

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    /** Where nothing names a region; stores other than AWS take any. */
    private static final String ANY_REGION = "us-east-1";

    private final StsSettings settings;
    private final Clock clock;
    private final StsClient client;

    StsCredentialSource(StsSettings settings, S3Settings s3, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.client = client(settings, s3);
    }

    @Override
    public SessionCredentials assume(String policy) {
        if (policy.length() > SessionPolicy.MAX_LENGTH) {
            throw new PolicyTooLargeException(policy.length(), "at most " + SessionPolicy.MAX_LENGTH + " are allowed");
        }
        Instant now = clock.instant();
        try {
            Credentials made = client.assumeRole(request -> {
                        request.roleArn(settings.roleArn())
                                .roleSessionName(SESSION_NAME)
                                .durationSeconds(
                                        (int) settings.sessionDuration().toSeconds())
                                .policy(policy);
                        settings.externalId().ifPresent(request::externalId);
                    })
                    .credentials();
            return new SessionCredentials(
                    made.accessKeyId(),
                    Secret.of(made.secretAccessKey()),
                    Secret.of(made.sessionToken()),
                    now,
                    made.expiration());
        } catch (StsException e) {
            throw refused(policy, e);
        } catch (SdkException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "The token service of the warehouse cannot be reached: %s".formatted(e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private TarnException refused(String policy, StsException e) {
        String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
        if (code.equals("PackedPolicyTooLarge") || code.equals("PackedPolicyTooLargeException")) {
            return new PolicyTooLargeException(policy.length(), "the token service says that it is too large");
        }
        boolean later = e.statusCode() >= 500 || e.isThrottlingException();
        return new TarnException(
                later ? ErrorKind.UNAVAILABLE : ErrorKind.INTERNAL,
                "The token service does not let the catalog assume the role '%s': %s"
                        .formatted(settings.roleArn(), e.getMessage()),
                e);
    }

    private static StsClient client(StsSettings settings, S3Settings s3) {
        String region = settings.region().isEmpty() ? s3.region() : settings.region();
        String endpoint = settings.endpoint().isEmpty() ? s3.endpoint() : settings.endpoint();
        StsClientBuilder builder = StsClient.builder()
                .credentialsProvider(ServerKeys.of(s3))
                .region(Region.of(region.isEmpty() ? ANY_REGION : region))
                .overrideConfiguration(configuration ->
                        configuration.apiCallAttemptTimeout(ATTEMPT_TIMEOUT).apiCallTimeout(CALL_TIMEOUT));
        if (!endpoint.isEmpty()) {
            builder.endpointOverride(URI.create(endpoint));
        }
        return builder.build();
    }
}
