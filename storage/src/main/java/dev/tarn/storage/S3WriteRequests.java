package dev.tarn.storage;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * The requests that write one object, with the encryption and the storage class that the file IO properties name.
 *
 * @param location as callers know it
 * @param bucket its bucket
 * @param key its key
 * @param encryption value of {@code s3.sse.type}; empty for none
 * @param encryptionKey value of {@code s3.sse.key}; empty for none
 * @param storageClass value of {@code s3.write.storage-class}; empty for that of the bucket
 * @param checksums whether requests carry the MD5 of what they send
 */
record S3WriteRequests(
        String location,
        String bucket,
        String key,
        String encryption,
        String encryptionKey,
        String storageClass,
        boolean checksums) {
    /** Flags that ask for tags on objects, which these requests cannot make; Iceberg's own output can. */
    private static final Set<String> TAG_FLAGS = Set.of("s3.write.table-tag-enabled", "s3.write.namespace-tag-enabled");

    /** Whether the properties ask for nothing that these requests cannot say. */
    static boolean cover(Map<String, String> properties) {
        boolean plainNames = properties.keySet().stream()
                .noneMatch(name -> name.startsWith("s3.write.tags.")
                        || name.startsWith("s3.access-points.")
                        || name.equals("s3.acl"));
        return plainNames
                && TAG_FLAGS.stream().noneMatch(flag -> Boolean.parseBoolean(properties.getOrDefault(flag, "false")))
                && Set.of("", "kms", "dsse-kms", "s3").contains(encryption(properties));
    }

    static S3WriteRequests of(String location, Map<String, String> properties) {
        String path = location.substring(location.indexOf("://") + 3);
        int slash = path.indexOf('/');
        if (slash < 1 || slash == path.length() - 1) {
            throw new IllegalArgumentException("Not the location of an object: " + location);
        }
        return new S3WriteRequests(
                location,
                path.substring(0, slash),
                path.substring(slash + 1),
                encryption(properties),
                properties.getOrDefault("s3.sse.key", ""),
                properties.getOrDefault("s3.write.storage-class", ""),
                Boolean.parseBoolean(properties.getOrDefault("s3.checksum-enabled", "false")));
    }

    PutObjectRequest.Builder put() {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(bucket).key(key);
        if (!encryption.isEmpty()) {
            request.serverSideEncryption(algorithm());
        }
        if (!encryptionKey.isEmpty()) {
            request.ssekmsKeyId(encryptionKey);
        }
        if (!storageClass.isEmpty()) {
            request.storageClass(storageClass);
        }
        return request;
    }

    CreateMultipartUploadRequest createUpload() {
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder().bucket(bucket).key(key);
        if (!encryption.isEmpty()) {
            request.serverSideEncryption(algorithm());
        }
        if (!encryptionKey.isEmpty()) {
            request.ssekmsKeyId(encryptionKey);
        }
        if (!storageClass.isEmpty()) {
            request.storageClass(storageClass);
        }
        return request.build();
    }

    UploadPartRequest.Builder part(String uploadId, int number) {
        return UploadPartRequest.builder()
                .bucket(bucket)
                .key(key)
                .uploadId(uploadId)
                .partNumber(number);
    }

    private ServerSideEncryption algorithm() {
        return switch (encryption) {
            case "kms" -> ServerSideEncryption.AWS_KMS;
            case "dsse-kms" -> ServerSideEncryption.AWS_KMS_DSSE;
            default -> ServerSideEncryption.AES256;
        };
    }

    private static String encryption(Map<String, String> properties) {
        String type = properties.getOrDefault("s3.sse.type", "none").toLowerCase(Locale.ROOT);
        return type.equals("none") ? "" : type;
    }
}
