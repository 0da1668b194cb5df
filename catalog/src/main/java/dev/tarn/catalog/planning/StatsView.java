package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.StructLike;
import org.jspecify.annotations.Nullable;

/** The statistics of one column of one file, in the shape that Iceberg's own evaluators take. */
record StatsView(ManifestColumns columns, ColumnStats stats, int row) implements ContentFile<StatsView> {
    @Override
    public long recordCount() {
        return columns.records().get(row);
    }

    @Override
    public @Nullable Map<Integer, Long> columnSizes() {
        return count(stats.sizes());
    }

    @Override
    public @Nullable Map<Integer, Long> valueCounts() {
        return count(stats.values());
    }

    @Override
    public @Nullable Map<Integer, Long> nullValueCounts() {
        return count(stats.nulls());
    }

    @Override
    public @Nullable Map<Integer, Long> nanValueCounts() {
        return count(stats.nans());
    }

    @Override
    public @Nullable Map<Integer, ByteBuffer> lowerBounds() {
        return bound(stats.lower());
    }

    @Override
    public @Nullable Map<Integer, ByteBuffer> upperBounds() {
        return bound(stats.upper());
    }

    private @Nullable Map<Integer, Long> count(@Nullable LongColumn column) {
        return column != null && column.has(row) ? Map.of(stats.fieldId(), column.get(row)) : null;
    }

    private @Nullable Map<Integer, ByteBuffer> bound(@Nullable BoundColumn column) {
        return column != null && column.has(row) ? Map.of(stats.fieldId(), column.value(row)) : null;
    }

    @Override
    @Deprecated // Iceberg's interface still demands it.
    public String path() {
        return columns.path(row);
    }

    @Override
    public FileContent content() {
        return columns.content(row);
    }

    @Override
    public FileFormat format() {
        return columns.format(row);
    }

    @Override
    public long fileSizeInBytes() {
        return columns.fileSize(row);
    }

    @Override
    public @Nullable Long pos() {
        return null;
    }

    @Override
    public int specId() {
        throw unused();
    }

    @Override
    public StructLike partition() {
        throw unused();
    }

    @Override
    public @Nullable ByteBuffer keyMetadata() {
        return null;
    }

    @Override
    public @Nullable List<Long> splitOffsets() {
        return null;
    }

    @Override
    public @Nullable List<Integer> equalityFieldIds() {
        return null;
    }

    @Override
    public StatsView copy() {
        return this;
    }

    @Override
    public StatsView copyWithoutStats() {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("A view of statistics knows nothing else");
    }
}
