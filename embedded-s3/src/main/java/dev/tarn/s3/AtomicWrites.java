package dev.tarn.s3;

import com.google.common.util.concurrent.Striped;
import java.io.InputStream;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Makes conditional writes atomic. The store underneath compares and then writes, so that two writers can both win; here
 * a conditional write of an object runs alone, while unconditional writes, which cannot disagree, run side by side.
 * Thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">Conditional writes</a>
 */
final class AtomicWrites extends ForwardingBlobStore {
    /** Far more stripes than requests in flight, so that different objects rarely wait for each other. */
    private static final int STRIPES = 1024;

    private static final String ANY = "*";

    private final Striped<ReadWriteLock> locks = Striped.readWriteLock(STRIPES);

    AtomicWrites(BlobStore store) {
        super(store);
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
        return write(
                request.bucket(),
                request.key(),
                new Condition(request.ifMatch(), request.ifNoneMatch()),
                () -> super.putBlob(request, body));
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
            MultipartUpload upload, CompleteMultipartUploadRequest request) {
        return write(
                upload.containerName(),
                upload.blobName(),
                new Condition(request.ifMatch(), request.ifNoneMatch()),
                () -> super.completeMultipartUpload(upload, request));
    }

    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
        return write(
                request.destinationBucket(),
                request.destinationKey(),
                new Condition(request.ifMatch(), request.ifNoneMatch()),
                () -> super.copyBlob(request));
    }

    @Override
    public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
        return write(
                request.bucket(),
                request.key(),
                new Condition(request.ifMatch(), null),
                () -> super.removeBlob(request));
    }

    private <T> T write(String bucket, String key, Condition condition, Supplier<T> write) {
        ReadWriteLock locksOfObject = locks.get(bucket + '/' + key);
        Lock lock = condition.isPresent() ? locksOfObject.writeLock() : locksOfObject.readLock();
        lock.lock();
        try {
            if (condition.isPresent()) {
                check(bucket, key, condition);
            }
            return write.get();
        } finally {
            lock.unlock();
        }
    }

    private void check(String bucket, String key, Condition condition) {
        HeadObjectResponse current = delegate().blobMetadataIfPresent(bucket, key);
        if (current == null) {
            if (condition.ifMatch() != null) {
                throw S3Exceptions.noSuchKey(bucket, key, "If-Match was given for an object that does not exist");
            }
            return;
        }
        boolean expected = condition.ifMatch() == null || isSame(condition.ifMatch(), current.eTag());
        boolean unexpected = condition.ifNoneMatch() != null && isSame(condition.ifNoneMatch(), current.eTag());
        if (!expected || unexpected) {
            throw S3Exceptions.preconditionFailed(null);
        }
    }

    private static boolean isSame(String wanted, @Nullable String found) {
        return wanted.equals(ANY) || (found != null && unquoted(wanted).equals(unquoted(found)));
    }

    private static String unquoted(String etag) {
        boolean quoted = etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"");
        return quoted ? etag.substring(1, etag.length() - 1) : etag;
    }

    private record Condition(
            @Nullable String ifMatch, @Nullable String ifNoneMatch) {
        boolean isPresent() {
            return ifMatch != null || ifNoneMatch != null;
        }
    }
}
