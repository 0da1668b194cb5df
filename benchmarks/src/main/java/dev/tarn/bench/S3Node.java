package dev.tarn.bench;

import dev.tarn.common.Secret;
import dev.tarn.s3.EmbeddedS3;
import dev.tarn.s3.EmbeddedS3Options;
import java.util.Optional;

/** An S3 endpoint in memory, for peers that cannot keep files in a local folder. Serves until its process is ended. */
public final class S3Node {
    /** The bucket that exists. */
    public static final String BUCKET = "bench";
    /** Who may use it. */
    public static final String KEY_ID = "benchmark";
    /** Not a secret: the server lives in memory and on loopback, for one run. */
    public static final String KEY = "benchmark-key";

    private S3Node() {}

    /** Starts and serves. */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedS3 s3 =
                EmbeddedS3.start(new EmbeddedS3Options("127.0.0.1", 0, Optional.empty(), KEY_ID, Secret.of(KEY)));
        s3.createBucket(BUCKET);
        System.out.println("ready " + s3.uri());
        Thread.currentThread().join();
    }
}
