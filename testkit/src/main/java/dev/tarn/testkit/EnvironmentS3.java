package dev.tarn.testkit;

import dev.tarn.common.Secret;
import dev.tarn.storage.S3Settings;
import java.util.Map;
import java.util.Optional;

/** The endpoint that the environment names. Half a set of variables is refused: falling back would hide the mistake. */
final class EnvironmentS3 implements S3Source {
    private static final String ENDPOINT = "TEST_S3_ENDPOINT";
    private static final String ACCESS_KEY_ID = "TEST_S3_ACCESS_KEY_ID";
    private static final String SECRET_ACCESS_KEY = "TEST_S3_SECRET_ACCESS_KEY";
    private static final String REGION = "TEST_S3_REGION";

    private final Map<String, String> environment;

    EnvironmentS3(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public Optional<Running> start() {
        String endpoint = environment.getOrDefault(ENDPOINT, "");
        if (endpoint.isEmpty()) {
            return Optional.empty();
        }
        S3Settings settings = new S3Settings(
                endpoint,
                environment.getOrDefault(REGION, "us-east-1"),
                true,
                Optional.of(new S3Settings.S3Keys(
                        required(ACCESS_KEY_ID), Secret.of(required(SECRET_ACCESS_KEY)), Optional.empty())),
                false,
                true);
        return Optional.of(new Running("environment (%s)".formatted(endpoint), settings));
    }

    private String required(String name) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalStateException("%s is set, so %s must be set too".formatted(ENDPOINT, name));
        }
        return value;
    }
}
