package dev.tarn.maintenance.expire;

/**
 * A file that belongs to a table.
 *
 * @param kind what it is to the table
 * @param location where it is, as the metadata spells it
 * @param bytes its size; 0 where the metadata does not say
 */
public record TableFile(FileKind kind, String location, long bytes) {
    /** Refuses an empty location and a negative size. */
    public TableFile {
        if (location.isEmpty() || bytes < 0) {
            throw new IllegalArgumentException(
                    "A file needs a location and at least 0 bytes but was '%s', %d".formatted(location, bytes));
        }
    }

    /**
     * The same text for every spelling of one location: s3a and s3n are s3, {@code file:/x} and {@code file:///x} are
     * {@code /x}, and doubled slashes of local paths count once.
     */
    String identity() {
        if (location.startsWith("s3a://") || location.startsWith("s3n://")) {
            return "s3://" + location.substring("s3a://".length());
        }
        if (location.startsWith("file:")) {
            return location.substring("file:".length()).replaceAll("/+", "/");
        }
        return location.startsWith("/") ? location.replaceAll("/+", "/") : location;
    }
}
