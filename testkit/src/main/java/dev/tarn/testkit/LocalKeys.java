package dev.tarn.testkit;

import dev.tarn.common.Secret;
import dev.tarn.storage.S3Settings;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** The key pair of a server that lives as long as this JVM. */
record LocalKeys(String accessKeyId, Secret secretAccessKey) {
    /** Fresh at each run, so that nobody else on the machine knows the secret. */
    static LocalKeys random() {
        byte[] bytes = new byte[20];
        new SecureRandom().nextBytes(bytes);
        return new LocalKeys("tarn-tests", Secret.of(HexFormat.of().formatHex(bytes)));
    }

    S3Settings settings(String endpoint) {
        return new S3Settings(
                endpoint,
                "us-east-1",
                true,
                Optional.of(new S3Settings.S3Keys(accessKeyId, secretAccessKey, Optional.empty())),
                false,
                true);
    }
}
