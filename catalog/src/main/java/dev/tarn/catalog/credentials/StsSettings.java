package dev.tarn.catalog.credentials;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where temporary credentials come from.
 *
 * @param roleArn the role that is assumed; stores other than AWS may ignore it
 * @param endpoint URL of the token service; empty means the store's own endpoint, or AWS where there is none
 * @param region region of the token service; empty means that of the store
 * @param externalId what the trust policy of the role may ask for
 * @param sessionDuration how long credentials live
 */
public record StsSettings(
        String roleArn, String endpoint, String region, Optional<String> externalId, Duration sessionDuration) {
    /** What AWS allows for any role. */
    public static final Duration DEFAULT_SESSION_DURATION = Duration.ofHours(1);

    /** What the names of these settings begin with. */
    static final String PREFIX = "s3.sts.";

    /** The least and the most that AWS accepts. */
    private static final Duration MIN_SESSION_DURATION = Duration.ofMinutes(15);

    private static final Duration MAX_SESSION_DURATION = Duration.ofHours(12);

    private static final Pattern PARTITION = Pattern.compile("arn:(aws[a-z-]*):.*");

    /** Refuses an empty role. */
    public StsSettings {
        if (roleArn.isEmpty()) {
            throw new IllegalArgumentException("roleArn must not be empty");
        }
    }

    /** Reads the {@code s3.sts.} settings; absent without a role, since then no credentials are asked for. */
    static Optional<StsSettings> from(SettingsReader settings) {
        Optional<String> role = settings.optionalText("s3.sts.role-arn");
        String endpoint = settings.text("s3.sts.endpoint", "");
        if (!endpoint.isEmpty() && !endpoint.startsWith("http://") && !endpoint.startsWith("https://")) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting 's3.sts.endpoint' must be an http or https URL but was '%s'".formatted(endpoint));
        }
        String region = settings.text("s3.sts.region", "");
        Optional<String> externalId = settings.optionalText("s3.sts.external-id");
        Duration duration = settings.duration(
                "s3.sts.session-duration", DEFAULT_SESSION_DURATION, MIN_SESSION_DURATION, MAX_SESSION_DURATION);
        return role.filter(arn -> !arn.isEmpty())
                .map(arn -> new StsSettings(arn, endpoint, region, externalId, duration));
    }

    /** The partition of AWS that the role belongs to; its buckets are in the same one. */
    String partition() {
        Matcher arn = PARTITION.matcher(roleArn);
        return arn.matches() ? arn.group(1) : "aws";
    }
}
