package dev.tarn.maintenance.compact;

/**
 * One data file that a group reads.
 *
 * @param location where the file is, as the table's metadata spells it
 * @param bytes its size
 * @param records rows in the file, deleted ones included
 * @param deleteFiles delete files that apply to it
 */
public record CompactionInput(String location, long bytes, long records, int deleteFiles) {
    /** Refuses negative numbers and an empty location. */
    public CompactionInput {
        if (location.isEmpty() || bytes < 0 || records < 0 || deleteFiles < 0) {
            throw new IllegalArgumentException(
                    "An input needs a location and numbers of at least 0 but was %s, %d, %d, %d"
                            .formatted(location, bytes, records, deleteFiles));
        }
    }
}
