package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.jspecify.annotations.Nullable;

/**
 * A decoded manifest: a row per entry, a column per property. Values are as the file holds them; what a manifest
 * inherits from the list that names it is added by {@link ManifestRows}. Immutable, thread-safe.
 */
final class ManifestColumns implements Cached {
    /** The status of an entry whose file is gone. */
    static final int DELETED = 2;

    /** The status of an entry whose file the manifest's own snapshot added. */
    static final int ADDED = 1;

    private final int rows;
    private final String prefixText;
    private final byte[] pathPrefix;
    private final boolean hasDots;
    private final BytesColumn pathRest;
    private final Numbers numbers;
    private final Lists lists;
    private final List<FileFormat> formats;
    private final int[] partitionFields;
    private final List<List<@Nullable Object>> partitions;
    private final Map<Integer, ColumnStats> stats;
    private final long bytes;

    /** The columns of one number per row; most rows of the last ones have none. */
    record Numbers(
            LongColumn status,
            LongColumn snapshotId,
            LongColumn sequence,
            LongColumn content,
            LongColumn format,
            LongColumn partition,
            LongColumn records,
            LongColumn fileSize,
            LongColumn sortOrder,
            LongColumn firstRowId,
            LongColumn contentOffset,
            LongColumn contentSize) {
        long bytes() {
            return status.bytes()
                    + snapshotId.bytes()
                    + sequence.bytes()
                    + content.bytes()
                    + format.bytes()
                    + partition.bytes()
                    + records.bytes()
                    + fileSize.bytes()
                    + sortOrder.bytes()
                    + firstRowId.bytes()
                    + contentOffset.bytes()
                    + contentSize.bytes();
        }
    }

    /** The columns of other shapes. */
    record Lists(ListColumn splitOffsets, ListColumn equalityIds, BytesColumn keyMetadata, BytesColumn referencedFile) {
        long bytes() {
            return splitOffsets.bytes() + equalityIds.bytes() + keyMetadata.bytes() + referencedFile.bytes();
        }
    }

    ManifestColumns(
            int rows,
            PathsOfManifest paths,
            Numbers numbers,
            Lists lists,
            List<FileFormat> formats,
            Tuples tuples,
            Map<Integer, ColumnStats> stats) {
        this.rows = rows;
        this.prefixText = new String(paths.prefix(), StandardCharsets.UTF_8);
        this.pathPrefix = paths.prefix();
        this.hasDots = paths.hasDots();
        this.pathRest = paths.rest();
        this.numbers = numbers;
        this.lists = lists;
        this.formats = List.copyOf(formats);
        this.partitionFields = tuples.fieldIds();
        this.partitions = List.copyOf(tuples.tuples());
        this.stats = Map.copyOf(stats);
        long size = 256 + pathPrefix.length + pathRest.bytes() + numbers.bytes() + lists.bytes() + tuples.bytes();
        for (ColumnStats column : stats.values()) {
            size += column.bytes();
        }
        this.bytes = size;
    }

    /** Paths without what all of them begin with, and whether two dots follow each other anywhere. */
    @SuppressWarnings("ArrayRecordComponent") // Only carries arrays into a constructor.
    record PathsOfManifest(byte[] prefix, BytesColumn rest, boolean hasDots) {}

    /** The different partition tuples, each value as its Avro type reads. */
    @SuppressWarnings("ArrayRecordComponent") // Only carries arrays into a constructor.
    record Tuples(int[] fieldIds, List<List<@Nullable Object>> tuples, long bytes) {}

    int rows() {
        return rows;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    boolean isLive(int row) {
        return numbers.status().get(row) != DELETED;
    }

    /** Whether no file is gone. */
    boolean allAreLive() {
        return numbers.status().max() < DELETED;
    }

    boolean isAdded(int row) {
        return numbers.status().get(row) == ADDED;
    }

    LongColumn snapshotIds() {
        return numbers.snapshotId();
    }

    LongColumn sequences() {
        return numbers.sequence();
    }

    LongColumn records() {
        return numbers.records();
    }

    LongColumn firstRowIds() {
        return numbers.firstRowId();
    }

    FileContent content(int row) {
        return switch ((int) numbers.content().get(row, 0)) {
            case 0 -> FileContent.DATA;
            case 1 -> FileContent.POSITION_DELETES;
            default -> FileContent.EQUALITY_DELETES; // The decoder let nothing else pass.
        };
    }

    FileFormat format(int row) {
        return formats.get((int) numbers.format().get(row));
    }

    long fileSize(int row) {
        return numbers.fileSize().get(row);
    }

    String path(int row) {
        int length = pathRest.to(row) - pathRest.from(row);
        byte[] path = new byte[pathPrefix.length + length];
        System.arraycopy(pathPrefix, 0, path, 0, pathPrefix.length);
        System.arraycopy(pathRest.data(), pathRest.from(row), path, pathPrefix.length, length);
        return new String(path, StandardCharsets.UTF_8);
    }

    /** What all paths begin with. */
    String pathPrefix() {
        return prefixText;
    }

    /** Whether a path may lead out of its folder. */
    boolean hasDots() {
        return hasDots;
    }

    /** Which of the {@link #partitions} a row is in. */
    int partition(int row) {
        return (int) numbers.partition().get(row);
    }

    /** The different partition tuples, each with a value per {@link #partitionFields}. */
    List<List<@Nullable Object>> partitions() {
        return partitions;
    }

    /** The ids of the partition fields, in the order of the tuples; never to be changed. */
    int[] partitionFields() {
        return partitionFields;
    }

    /** What is known about a column of the table. */
    ColumnStats stats(int fieldId) {
        return Objects.requireNonNullElseGet(stats.get(fieldId), () -> ColumnStats.unknown(fieldId));
    }

    @Nullable
    Integer sortOrder(int row) {
        return numbers.sortOrder().has(row) ? (int) numbers.sortOrder().get(row) : null;
    }

    @Nullable
    Long contentOffset(int row) {
        return numbers.contentOffset().has(row) ? numbers.contentOffset().get(row) : null;
    }

    @Nullable
    Long contentSize(int row) {
        return numbers.contentSize().has(row) ? numbers.contentSize().get(row) : null;
    }

    @Nullable
    List<Long> splitOffsets(int row) {
        return lists.splitOffsets().has(row) ? lists.splitOffsets().get(row) : null;
    }

    @Nullable
    List<Integer> equalityIds(int row) {
        return lists.equalityIds().has(row)
                ? lists.equalityIds().get(row).stream().map(Long::intValue).toList()
                : null;
    }

    @Nullable
    ByteBuffer keyMetadata(int row) {
        return lists.keyMetadata().has(row) ? lists.keyMetadata().view(row) : null;
    }

    @Nullable
    String referencedFile(int row) {
        BytesColumn files = lists.referencedFile();
        return files.has(row)
                ? new String(files.data(), files.from(row), files.to(row) - files.from(row), StandardCharsets.UTF_8)
                : null;
    }
}
