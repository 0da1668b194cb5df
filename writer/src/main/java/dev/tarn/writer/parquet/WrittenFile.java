package dev.tarn.writer.parquet;

import java.util.List;
import org.apache.iceberg.Metrics;

/**
 * A finished Parquet file.
 *
 * @param location where it is
 * @param bytes its length
 * @param metrics counts, sizes and bounds per column, as Iceberg keeps them in a manifest
 * @param splitOffsets where row groups begin, in bytes
 */
public record WrittenFile(String location, long bytes, Metrics metrics, List<Long> splitOffsets) {
    /** Copies the list. */
    public WrittenFile {
        splitOffsets = List.copyOf(splitOffsets);
    }
}
