package dev.tarn.testkit;

import dev.tarn.storage.S3Settings;
import java.util.Optional;

/** One way to get an S3 endpoint. A server that it starts ends with this JVM. */
interface S3Source {
    /** A running endpoint; absent where this machine does not offer this way. */
    Optional<Running> start();

    /**
     * An endpoint that answers.
     *
     * @param description for people, without secrets
     * @param settings how to reach it
     */
    record Running(String description, S3Settings settings) {}
}
