package dev.tarn.catalog.credentials;

import dev.tarn.storage.S3Settings;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The catalog's own credentials for the AWS SDK. */
final class ServerKeys {
    private ServerKeys() {}

    static AwsCredentialsProvider of(S3Settings s3) {
        return s3.keys()
                .<AwsCredentialsProvider>map(keys -> StaticCredentialsProvider.create(credentials(keys)))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    private static AwsCredentials credentials(S3Settings.S3Keys keys) {
        String secret = keys.secretAccessKey().reveal();
        return keys.sessionToken()
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(keys.accessKeyId(), secret, token.reveal()))
                .orElseGet(() -> AwsBasicCredentials.create(keys.accessKeyId(), secret));
    }
}
