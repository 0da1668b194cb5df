/**
 * An S3 endpoint inside this process, for the all-in-one server, the demo and tests: signed requests, buckets in a folder
 * or in memory, and conditional writes that are atomic.
 *
 * <p>Start reading at {@link dev.tarn.s3.EmbeddedS3}.
 */
@NullMarked
package dev.tarn.s3;

import org.jspecify.annotations.NullMarked;
