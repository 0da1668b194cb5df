package dev.tarn.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.iceberg.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Uploads an object while it is written: in one request if it is smaller than a part, else part by part, while the next
 * part fills in memory. After a failure, and when it is aborted, nothing of it stays in the store. The client repeats
 * requests as it is set up to. Not thread-safe.
 */
final class S3MemoryOutputStream extends PositionOutputStream implements AbortableOutput {
    private static final Logger LOG = LoggerFactory.getLogger(S3MemoryOutputStream.class);

    /** Room of a new part, which doubles as it fills, so that many small objects need little. */
    private static final int FIRST_BYTES = 64 * 1024;

    /** What S3 allows. */
    private static final int MAX_PARTS = 10_000;

    private static final String BINARY = "application/octet-stream";

    private final S3Client client;
    private final S3WriteRequests requests;
    private final S3Uploads uploads;
    private final List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
    private byte[] part = new byte[0];
    private int filled;
    private long position;
    private @Nullable String uploadId;
    private boolean failed;
    private boolean closed;

    S3MemoryOutputStream(S3Client client, S3WriteRequests requests, S3Uploads uploads) {
        this.client = client;
        this.requests = requests;
        this.uploads = uploads;
    }

    @Override
    public long getPos() {
        return position;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (closed || failed) {
            throw new IOException(
                    "The upload of %s has %s".formatted(requests.location(), closed ? "ended" : "failed"));
        }
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == uploads.partBytes()) {
                sendPart();
            }
            int count = Math.min(left, uploads.partBytes() - filled);
            reserve(count);
            System.arraycopy(source, from, part, filled, count);
            filled += count;
            from += count;
            left -= count;
            position += count;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (failed) {
            return;
        }
        try {
            if (uploadId == null) {
                put();
            } else {
                complete(uploadId);
            }
        } catch (IOException | RuntimeException e) {
            drop();
            throw e;
        } finally {
            part = new byte[0];
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            closed = true;
            drop();
        }
    }

    private void reserve(int count) {
        if (filled + count > part.length) {
            long doubled = Math.max(FIRST_BYTES, part.length * 2L);
            part = Arrays.copyOf(part, (int) Math.min(uploads.partBytes(), Math.max(doubled, filled + count)));
        }
    }

    private void put() throws IOException {
        PutObjectRequest.Builder request = requests.put();
        if (requests.checksums()) {
            request.contentMD5(md5(part, filled));
        }
        try {
            client.putObject(request.build(), body(part, filled));
        } catch (SdkException e) {
            throw failure(e);
        }
    }

    /** Hands the part that is full to an upload thread and begins the next. */
    private void sendPart() throws IOException {
        try {
            String upload = uploadId;
            if (upload == null) {
                upload = client.createMultipartUpload(requests.createUpload()).uploadId();
                uploadId = upload;
            }
            refuseAfterFailure();
            if (parts.size() == MAX_PARTS) {
                throw new IOException("%s is longer than %d parts of %d bytes; raise '%s'"
                        .formatted(requests.location(), MAX_PARTS, uploads.partBytes(), S3UploadSettings.PART_SIZE));
            }
            byte[] bytes = part;
            int length = filled;
            int number = parts.size() + 1;
            UploadPartRequest.Builder request = requests.part(upload, number);
            parts.add(uploads.start(() -> uploadPart(request, number, bytes, length)));
            part = new byte[0];
            filled = 0;
        } catch (SdkException e) {
            drop();
            throw failure(e);
        } catch (IOException | RuntimeException e) {
            drop();
            throw e;
        }
    }

    private CompletedPart uploadPart(UploadPartRequest.Builder request, int number, byte[] bytes, int length) {
        if (requests.checksums()) {
            request.contentMD5(md5(bytes, length));
        }
        String etag = client.uploadPart(request.build(), body(bytes, length)).eTag();
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }

    /** Notices early that a part failed, so that no more is sent in vain. */
    private void refuseAfterFailure() throws IOException {
        for (CompletableFuture<CompletedPart> sent : parts) {
            if (sent.isCompletedExceptionally()) {
                await(sent);
            }
        }
    }

    private void complete(String upload) throws IOException {
        if (filled > 0) {
            sendPart();
        }
        List<CompletedPart> done = new ArrayList<>();
        for (CompletableFuture<CompletedPart> sent : parts) {
            done.add(await(sent));
        }
        try {
            client.completeMultipartUpload(request -> request.bucket(requests.bucket())
                    .key(requests.key())
                    .uploadId(upload)
                    .multipartUpload(all -> all.parts(done)));
        } catch (SdkException e) {
            // A repeated request finds the upload gone if the first one was heard and only its answer was lost.
            if (!isThere()) {
                throw failure(e);
            }
        }
    }

    private boolean isThere() {
        try {
            return client.headObject(
                                    request -> request.bucket(requests.bucket()).key(requests.key()))
                            .contentLength()
                    == position;
        } catch (SdkException e) {
            return false;
        }
    }

    private CompletedPart await(CompletableFuture<CompletedPart> sent) throws IOException {
        try {
            return sent.join();
        } catch (CompletionException | CancellationException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Ends the upload, when all its parts have stopped, so that none of them comes after the end. */
    private void drop() {
        failed = true;
        part = new byte[0];
        String upload = uploadId;
        if (upload == null) {
            return;
        }
        for (CompletableFuture<CompletedPart> sent : parts) {
            sent.handle((done, failure) -> done != null).join();
        }
        parts.clear();
        try {
            client.abortMultipartUpload(request ->
                    request.bucket(requests.bucket()).key(requests.key()).uploadId(upload));
        } catch (NoSuchUploadException e) {
            LOG.debug("The upload {} of {} is gone already", upload, requests.location());
        } catch (SdkException e) {
            LOG.warn(
                    "Could not abort the upload {} of {}; its parts stay until the bucket's lifecycle rule removes them",
                    upload,
                    requests.location(),
                    e);
        }
    }

    private IOException failure(Throwable cause) {
        return new IOException("Cannot upload " + requests.location() + ": " + cause.getMessage(), cause);
    }

    /** A body that can be sent again without a copy. */
    private static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, BINARY);
    }

    private static String md5(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(bytes, 0, length);
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }
}
