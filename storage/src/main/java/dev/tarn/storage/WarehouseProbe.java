package dev.tarn.storage;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.aws.s3.S3FileIO;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Finds out, before a server says that it is ready, whether its warehouse can be reached. */
public final class WarehouseProbe {
    /** One short try: a start must not hang on a store that does not answer. */
    private static final Map<String, String> ONE_SHORT_TRY = Map.of(
            "s3.retry.num-retries", "0",
            "http-client.apache.connection-timeout-ms", "3000",
            "http-client.apache.socket-timeout-ms", "5000");

    private WarehouseProbe() {}

    /**
     * Asks S3 for one key below the warehouse; a local folder is not looked at. An answer that listing is not allowed
     * passes, since reading and writing may be.
     *
     * @throws TarnException UNAVAILABLE if the store does not answer or no credentials are found, UNAUTHENTICATED if it
     *     refuses the keys, NOT_FOUND if there is no such bucket
     */
    public static void check(WarehouseUri warehouse, S3Settings settings) {
        if (!warehouse.isS3()) {
            return;
        }
        Map<String, String> properties = new HashMap<>(settings.fileIoProperties());
        properties.putAll(ONE_SHORT_TRY);
        String prefix = warehouse.value().substring(("s3://" + warehouse.bucket()).length());
        try (S3FileIO io = new S3FileIO()) {
            io.initialize(properties);
            io.client()
                    .listObjectsV2(request -> request.bucket(warehouse.bucket())
                            .prefix(prefix.isEmpty() ? "" : prefix.substring(1) + "/")
                            .maxKeys(1));
        } catch (S3Exception e) {
            refused(warehouse, e);
        } catch (SdkException | IllegalStateException e) {
            String where = settings.endpoint().isEmpty() ? "AWS" : settings.endpoint();
            throw new TarnException(
                    ErrorKind.UNAVAILABLE,
                    "Cannot reach the warehouse %s at %s (%s); check 's3.endpoint', 's3.region' and the credentials"
                            .formatted(warehouse, where, firstSentence(e)),
                    e);
        }
    }

    private static void refused(WarehouseUri warehouse, S3Exception answer) {
        String code = answer.awsErrorDetails() == null
                ? "status " + answer.statusCode()
                : String.valueOf(answer.awsErrorDetails().errorCode());
        switch (code) {
            case "AccessDenied" -> {}
            case "NoSuchBucket" ->
                throw new TarnException(
                        ErrorKind.NOT_FOUND,
                        "The bucket '%s' of the warehouse %s does not exist; make it or choose another warehouse"
                                .formatted(warehouse.bucket(), warehouse),
                        answer);
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken" ->
                throw new TarnException(
                        ErrorKind.UNAUTHENTICATED,
                        "The store of the warehouse %s refused the credentials (%s); check 's3.access-key-id' and 's3.secret-access-key'"
                                .formatted(warehouse, code),
                        answer);
            default ->
                throw new TarnException(
                        ErrorKind.UNAVAILABLE,
                        "The store of the warehouse %s answered %s; check 's3.endpoint' and 's3.region'"
                                .formatted(warehouse, code),
                        answer);
        }
    }

    private static String firstSentence(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf(": [");
        return (end < 0 ? message : message.substring(0, end))
                .lines()
                .findFirst()
                .orElse("no reason given");
    }
}
