package dev.tarn.s3;

import dev.tarn.common.Closer;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/**
 * An S3 server in this process: S3Proxy over a folder or memory, requests signed with one key pair, conditional writes
 * atomic. Meant for one machine: it has no replication, no TLS and no temporary credentials. A session token that a client
 * sends is ignored. Thread-safe. Whoever starts it closes it; closing waits a few seconds for requests in flight.
 */
public final class EmbeddedS3 implements AutoCloseable {
    private static final String REGION = "us-east-1";

    /** The names that AWS allows, which are also safe as the name of a folder. */
    private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]|\\.(?!\\.)){1,61}[a-z0-9]");

    /** Enough for the parallel uploads of one machine; each thread may hold one signed body in memory. */
    private static final int MAX_THREADS = 64;

    /** A signed body is held in memory until its signature is checked; clients send larger ones in chunks or parts. */
    private static final long MAX_SIGNED_BODY_BYTES = 128L * 1024 * 1024;

    /** The largest object of a single PUT, as on AWS. */
    private static final long MAX_OBJECT_BYTES = 5L * 1024 * 1024 * 1024;

    private static final long STOP_TIMEOUT_MILLIS = 5_000;

    private final Closer closer;
    private final BlobStore store;
    private final S3Endpoint endpoint;

    private EmbeddedS3(Closer closer, BlobStore store, S3Endpoint endpoint) {
        this.closer = closer;
        this.store = store;
        this.endpoint = endpoint;
    }

    /**
     * Starts a server, which answers once this method returns.
     *
     * @throws TarnException LOCKED if another server uses the folder, UNAVAILABLE if the address cannot be bound
     * @throws UncheckedIOException if the folder cannot be written
     */
    public static EmbeddedS3 start(EmbeddedS3Options options) {
        Closer closer = new Closer();
        try {
            BlobStore store = closer.register(new AtomicWrites(open(options, closer)));
            S3Proxy server = server(options, store);
            // Registered before the start, so that a start that fails half-way is undone.
            closer.register(server::stop);
            server.start();
            URI uri = URI.create("http://%s:%d".formatted(options.host(), server.getPort()));
            return new EmbeddedS3(
                    closer, store, new S3Endpoint(uri, REGION, true, options.accessKeyId(), options.secretAccessKey()));
        } catch (TarnException | UncheckedIOException e) {
            throw undone(closer, e);
        } catch (Exception e) {
            throw undone(
                    closer,
                    new TarnException(
                            ErrorKind.UNAVAILABLE,
                            "Cannot start the embedded S3 server on %s:%d: %s"
                                    .formatted(options.host(), options.port(), e.getMessage()),
                            e));
        }
    }

    /** Where the server answers: {@code http://host:port}. */
    public URI uri() {
        return endpoint.uri();
    }

    /** What a client needs to reach the server. */
    public S3Endpoint settings() {
        return endpoint;
    }

    /** Whether a bucket exists. */
    public boolean bucketExists(String name) {
        return store.containerExists(checked(name));
    }

    /**
     * Creates an empty bucket.
     *
     * @throws TarnException INVALID if the name is not one that S3 allows, ALREADY_EXISTS if there is such a bucket
     */
    public void createBucket(String name) {
        String bucket = checked(name);
        try {
            store.createContainer(bucket);
        } catch (BucketAlreadyOwnedByYouException e) {
            throw new TarnException(ErrorKind.ALREADY_EXISTS, "Bucket '%s' exists already".formatted(bucket), e);
        }
    }

    @Override
    public void close() {
        closer.close();
    }

    private static BlobStore open(EmbeddedS3Options options, Closer closer) {
        if (options.folder().isEmpty()) {
            return new TransientNio2BlobStore();
        }
        Path folder = options.folder().get().toAbsolutePath().normalize();
        closer.register(FolderLock.take(folder));
        Path buckets = folder.resolve("buckets");
        try {
            Files.createDirectories(buckets);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot keep objects in folder " + folder, e);
        }
        return new FilesystemNio2BlobStore(buckets.toString());
    }

    private static S3Proxy server(EmbeddedS3Options options, BlobStore store) {
        return S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://%s:%d".formatted(options.host(), options.port())))
                .awsAuthentication(
                        AuthenticationType.AWS_V4,
                        options.accessKeyId(),
                        options.secretAccessKey().reveal())
                // Clients with temporary credentials send a session token, which would be refused as unknown.
                .ignoreUnknownHeaders(true)
                .jettyMaxThreads(MAX_THREADS)
                .maxSinglePartObjectSize(MAX_OBJECT_BYTES)
                .v4MaxNonChunkedRequestSize(MAX_SIGNED_BODY_BYTES)
                .stopTimeout(STOP_TIMEOUT_MILLIS)
                .build();
    }

    private static String checked(String bucket) {
        if (!BUCKET_NAME.matcher(bucket).matches()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "A bucket name must be 3 to 63 lower-case letters, digits, dots and hyphens but was '%s'"
                            .formatted(bucket));
        }
        return bucket;
    }

    private static RuntimeException undone(Closer closer, RuntimeException failure) {
        try {
            closer.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
