package dev.tarn.storage;

import dev.tarn.common.Closer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.StorageCredential;
import org.apache.iceberg.io.SupportsStorageCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg file IO that goes by the scheme of a location: {@code s3} (also s3a, s3n) to Iceberg's {@code S3FileIO}, {@code
 * file} to {@link LocalFileIO}; without Hadoop. New objects are uploaded straight from memory, as {@code tarn.s3.upload-*}
 * properties say, and not staged on the local disk; only with ACLs, tags, access points or customer-provided keys does
 * Iceberg's own output write them. Name it as {@code io-impl} when opening a catalog client. Thread-safe;
 * the S3 client is made at first use and closed with this object.
 */
public final class TarnFileIO implements DelegateFileIO, SupportsStorageCredentials {
    private static final long serialVersionUID = 1L;

    private final LocalFileIO local = new LocalFileIO();
    private Map<String, String> properties = Map.of();
    private List<StorageCredential> credentials = List.of();
    private transient volatile @Nullable S3FileIO s3;
    private transient volatile @Nullable S3Uploads uploads;

    /** Made by reflection by Iceberg, then initialised. */
    public TarnFileIO() {}

    /** An initialised file IO. The caller closes it. */
    public static TarnFileIO of(Map<String, String> properties) {
        TarnFileIO io = new TarnFileIO();
        io.initialize(properties);
        return io;
    }

    /**
     * Keeps the properties.
     *
     * @throws dev.tarn.common.TarnException INVALID naming property, limit and value
     */
    @Override
    public void initialize(Map<String, String> given) {
        S3UploadSettings.from(given);
        properties = Map.copyOf(given);
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public void setCredentials(List<StorageCredential> given) {
        credentials = List.copyOf(given);
    }

    @Override
    public List<StorageCredential> credentials() {
        return credentials;
    }

    @Override
    public InputFile newInputFile(String location) {
        return at(location).newInputFile(location);
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        return at(location).newInputFile(location, length);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        if (!isS3(location) || !S3WriteRequests.cover(properties)) {
            return at(location).newOutputFile(location);
        }
        S3FileIO open = s3();
        return new S3MemoryOutputFile(
                location, open.client(location), uploads(), properties, () -> open.newInputFile(location));
    }

    @Override
    public void deleteFile(String location) {
        at(location).deleteFile(location);
    }

    @Override
    public void deleteFiles(Iterable<String> locations) {
        List<String> onDisk = new ArrayList<>();
        List<String> onS3 = new ArrayList<>();
        locations.forEach(location -> (isS3(location) ? onS3 : onDisk).add(location));
        if (!onS3.isEmpty()) {
            s3().deleteFiles(onS3);
        }
        local.deleteFiles(onDisk);
    }

    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        return at(prefix).listPrefix(prefix);
    }

    @Override
    public void deletePrefix(String prefix) {
        at(prefix).deletePrefix(prefix);
    }

    @Override
    public synchronized void close() {
        try (Closer closer = new Closer()) {
            S3FileIO open = s3;
            if (open != null) {
                closer.register(open);
            }
            S3Uploads threads = uploads;
            if (threads != null) {
                closer.register(threads);
            }
            s3 = null;
            uploads = null;
        }
    }

    private DelegateFileIO at(String location) {
        return isS3(location) ? s3() : local;
    }

    private static boolean isS3(String location) {
        return location.startsWith("s3://") || location.startsWith("s3a://") || location.startsWith("s3n://");
    }

    private S3FileIO s3() {
        S3FileIO open = s3;
        return open != null ? open : openS3();
    }

    private S3Uploads uploads() {
        S3Uploads open = uploads;
        return open != null ? open : openUploads();
    }

    private synchronized S3Uploads openUploads() {
        S3Uploads open = uploads;
        if (open == null) {
            open = new S3Uploads(S3UploadSettings.from(properties));
            uploads = open;
        }
        return open;
    }

    private synchronized S3FileIO openS3() {
        S3FileIO open = s3;
        if (open == null) {
            open = new S3FileIO();
            open.initialize(properties);
            if (!credentials.isEmpty()) {
                open.setCredentials(credentials);
            }
            s3 = open;
        }
        return open;
    }
}
