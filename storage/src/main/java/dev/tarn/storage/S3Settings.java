package dev.tarn.storage;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How S3 is reached. Without keys the AWS default chain finds credentials (environment, profile, container, instance).
 *
 * @param endpoint URL of an S3-compatible store; empty means AWS itself
 * @param region region name; empty means the AWS default chain finds it
 * @param pathStyle whether the bucket is put in the path, as most stores other than AWS need it
 * @param keys fixed credentials; empty means the AWS default chain
 * @param checksums whether uploads carry checksums that the store verifies
 * @param chunkedEncoding whether uploads use aws-chunked encoding, which old stores refuse
 */
public record S3Settings(
        String endpoint,
        String region,
        boolean pathStyle,
        Optional<S3Keys> keys,
        boolean checksums,
        boolean chunkedEncoding) {

    /** AWS as its default chain finds it. */
    public static final S3Settings DEFAULTS = new S3Settings("", "", false, Optional.empty(), false, true);

    /**
     * Fixed credentials.
     *
     * @param accessKeyId the public half
     * @param secretAccessKey the secret half
     * @param sessionToken present with temporary credentials
     */
    public record S3Keys(String accessKeyId, Secret secretAccessKey, Optional<Secret> sessionToken) {}

    /**
     * Reads the {@code s3.} settings.
     *
     * @throws TarnException INVALID if only one half of a key pair is set, or the endpoint is no http(s) URL
     */
    public static S3Settings from(SettingsReader settings) {
        String endpoint = settings.text("s3.endpoint", DEFAULTS.endpoint());
        if (!endpoint.isEmpty() && !endpoint.startsWith("http://") && !endpoint.startsWith("https://")) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Setting 's3.endpoint' must be an http or https URL but was '%s'".formatted(endpoint));
        }
        Optional<String> id = settings.optionalText("s3.access-key-id");
        Optional<Secret> secret = settings.optionalSecret("s3.secret-access-key");
        Optional<Secret> token = settings.optionalSecret("s3.session-token");
        if (id.isPresent() != secret.isPresent()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Settings 's3.access-key-id' and 's3.secret-access-key' go together: set both or neither");
        }
        return new S3Settings(
                endpoint,
                settings.text("s3.region", DEFAULTS.region()),
                settings.flag("s3.path-style-access", DEFAULTS.pathStyle()),
                id.flatMap(i -> secret.map(s -> new S3Keys(i, s, token))),
                settings.flag("s3.checksum-enabled", DEFAULTS.checksums()),
                settings.flag("s3.chunked-encoding-enabled", DEFAULTS.chunkedEncoding()));
    }

    /** What a client needs to reach the store, without credentials, under Iceberg's property names. */
    public Map<String, String> publicProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (!endpoint.isEmpty()) {
            properties.put("s3.endpoint", endpoint);
        }
        if (!region.isEmpty()) {
            properties.put("client.region", region);
            properties.put("s3.region", region);
        }
        properties.put("s3.path-style-access", Boolean.toString(pathStyle));
        return properties;
    }

    /** The fixed credentials under Iceberg's property names; empty where the AWS default chain is used. */
    public Map<String, String> credentialProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        keys.ifPresent(pair -> {
            properties.put("s3.access-key-id", pair.accessKeyId());
            properties.put("s3.secret-access-key", pair.secretAccessKey().reveal());
            pair.sessionToken().ifPresent(token -> properties.put("s3.session-token", token.reveal()));
        });
        return properties;
    }

    /** Everything Iceberg's {@code S3FileIO} needs, credentials included: never to be printed. */
    public Map<String, String> fileIoProperties() {
        Map<String, String> properties = publicProperties();
        properties.putAll(credentialProperties());
        properties.put("s3.checksum-enabled", Boolean.toString(checksums));
        properties.put("s3.chunked-encoding-enabled", Boolean.toString(chunkedEncoding));
        return properties;
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return "S3Settings[endpoint=%s, region=%s, pathStyle=%s]".formatted(endpoint, region, pathStyle);
    }
}
