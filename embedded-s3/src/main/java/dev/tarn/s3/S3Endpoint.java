package dev.tarn.s3;

import dev.tarn.common.Secret;
import java.net.URI;

/**
 * How an S3 client reaches an embedded server. Immutable, thread-safe.
 *
 * @param uri {@code http://host:port}, without a path
 * @param region the region that clients sign their requests for
 * @param pathStyle whether the bucket is part of the path; always so for an embedded server
 * @param accessKeyId the public half of the only key pair that the server knows
 * @param secretAccessKey the secret half
 */
public record S3Endpoint(URI uri, String region, boolean pathStyle, String accessKeyId, Secret secretAccessKey) {}
