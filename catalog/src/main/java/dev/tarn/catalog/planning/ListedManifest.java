package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as a manifest list describes it. Immutable, thread-safe.
 *
 * @param path where it is
 * @param length its size in bytes
 * @param partitionSpecId partition spec of all its files
 * @param content whether it holds data files or delete files
 * @param sequenceNumber inherited by files that it added
 * @param minSequenceNumber of its files
 * @param snapshotId inherited by its entries
 * @param addedFilesCount null if unknown, like the other counts
 * @param existingFilesCount live files from earlier snapshots
 * @param deletedFilesCount files that are gone
 * @param addedRowsCount rows of added files
 * @param existingRowsCount rows of existing files
 * @param deletedRowsCount rows of deleted files
 * @param partitions a summary per partition field, null if unknown
 * @param keyMetadata how it is encrypted, null if it is not
 * @param firstRowId where row ids of its files begin, null before format 3
 */
record ListedManifest(
        String path,
        long length,
        int partitionSpecId,
        ManifestContent content,
        long sequenceNumber,
        long minSequenceNumber,
        Long snapshotId,
        @Nullable Integer addedFilesCount,
        @Nullable Integer existingFilesCount,
        @Nullable Integer deletedFilesCount,
        @Nullable Long addedRowsCount,
        @Nullable Long existingRowsCount,
        @Nullable Long deletedRowsCount,
        @Nullable List<PartitionFieldSummary> partitions,
        @Nullable ByteBuffer keyMetadata,
        @Nullable Long firstRowId)
        implements ManifestFile {
    @Override
    public ManifestFile copy() {
        return this;
    }

    /** Live files, or the most there may be if the list does not say. */
    long liveFiles() {
        Integer added = addedFilesCount;
        Integer existing = existingFilesCount;
        return added == null || existing == null ? length / MIN_ENTRY_BYTES : (long) added + existing;
    }

    /** The smallest entry a manifest of any writer has, compressed; only for estimates. */
    private static final int MIN_ENTRY_BYTES = 64;

    /** The values of one partition field in a manifest. */
    record Summary(
            boolean containsNull,
            @Nullable Boolean containsNaN,
            @Nullable ByteBuffer lowerBound,
            @Nullable ByteBuffer upperBound)
            implements PartitionFieldSummary {
        @Override
        public PartitionFieldSummary copy() {
            return this;
        }
    }
}
