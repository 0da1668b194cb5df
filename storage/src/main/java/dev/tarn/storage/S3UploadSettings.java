package dev.tarn.storage;

import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Map;

/**
 * How objects are uploaded to S3 from memory. One file IO holds at most {@code partsInFlight} parts on their way, and each
 * output that is open fills one more.
 *
 * @param partSize size of a part, and of the largest object that is sent in one request; 5 MB to 1 GB
 * @param threads parts that are uploaded at once; 1 to 256
 * @param partsInFlight full parts held in memory, uploading or waiting for a thread; at least {@code threads}
 */
record S3UploadSettings(DataSize partSize, int threads, int partsInFlight) {
    static final String PART_SIZE = "tarn.s3.upload-part-size";
    static final String THREADS = "tarn.s3.upload-threads";
    static final String PARTS_IN_FLIGHT = "tarn.s3.upload-parts-in-flight";

    private static final DataSize DEFAULT_PART_SIZE = DataSize.ofMegabytes(16);
    private static final int DEFAULT_THREADS = 4;
    private static final int DEFAULT_PARTS_IN_FLIGHT = 6;

    /** S3 refuses smaller parts but for the last. */
    private static final DataSize MIN_PART_SIZE = DataSize.ofMegabytes(5);

    /** A part is one array. */
    private static final DataSize MAX_PART_SIZE = DataSize.ofMegabytes(1024);

    private static final int MAX_THREADS = 256;

    S3UploadSettings {
        if (partSize.compareTo(MIN_PART_SIZE) < 0 || partSize.compareTo(MAX_PART_SIZE) > 0) {
            throw new IllegalArgumentException("%s must be between %s and %s but was %s"
                    .formatted(PART_SIZE, MIN_PART_SIZE, MAX_PART_SIZE, partSize));
        }
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "%s must be between 1 and %d but was %d".formatted(THREADS, MAX_THREADS, threads));
        }
        if (partsInFlight < threads) {
            throw new IllegalArgumentException("%s must be at least %s, which is %d, but was %d"
                    .formatted(PARTS_IN_FLIGHT, THREADS, threads, partsInFlight));
        }
    }

    /**
     * Reads file IO properties.
     *
     * @throws TarnException INVALID naming property, limit and value
     */
    static S3UploadSettings from(Map<String, String> properties) {
        try {
            int threads = number(properties, THREADS, DEFAULT_THREADS);
            return new S3UploadSettings(
                    properties.containsKey(PART_SIZE) ? DataSize.parse(properties.get(PART_SIZE)) : DEFAULT_PART_SIZE,
                    threads,
                    number(properties, PARTS_IN_FLIGHT, Math.max(DEFAULT_PARTS_IN_FLIGHT, threads)));
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, "File IO property: " + e.getMessage(), e);
        }
    }

    private static int number(Map<String, String> properties, String key, int defaultValue) {
        String value = properties.get(key);
        if (value == null) {
            return defaultValue;
        }
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s must be a whole number but was '%s'".formatted(key, value), e);
        }
    }
}
