package dev.tarn.catalog.store.sql;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A base location in the one spelling by which overlaps are found: without slashes at its end, with the scheme that all
 * spellings of it share.
 *
 * @param value the spelling
 */
record LocationKey(String value) {
    /** An S3 key has 1,024 bytes and a path seldom as many; an index entry of PostgreSQL has about 2,700. */
    private static final int MAX_BYTES = 2_000;

    /**
     * The key of a location, absent for the empty one.
     *
     * @throws TarnException INVALID if it is too long to be kept
     */
    static Optional<LocationKey> of(String location) {
        if (location.isEmpty()) {
            return Optional.empty();
        }
        if (!fits(location)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The location of a table may have at most %d bytes but has %d; use a shorter one"
                            .formatted(MAX_BYTES, location.getBytes(StandardCharsets.UTF_8).length));
        }
        return Optional.of(new LocationKey(spelling(withoutSlashes(location))));
    }

    /** Whether a location is short enough to be kept. */
    static boolean fits(String location) {
        return location.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    /** The keys of all folders above, from the outermost. */
    List<String> ancestors() {
        List<String> found = new ArrayList<>();
        int scheme = value.indexOf("://");
        int slash = value.indexOf('/', scheme < 0 ? 1 : scheme + 3);
        while (slash >= 0) {
            found.add(value.substring(0, slash));
            slash = value.indexOf('/', slash + 1);
        }
        return found;
    }

    /** The first possible key below this one. */
    String firstBelow() {
        return value + '/';
    }

    /** The first possible key behind all that are below this one. */
    String behindBelow() {
        return value + (char) ('/' + 1);
    }

    private static String withoutSlashes(String location) {
        int end = location.length();
        while (end > 0 && location.charAt(end - 1) == '/') {
            end--;
        }
        return location.substring(0, end);
    }

    private static String spelling(String location) {
        if (location.startsWith("s3a://") || location.startsWith("s3n://")) {
            return "s3" + location.substring(3);
        }
        if (location.startsWith("file:")) {
            int path = "file:".length();
            while (path < location.length() && location.charAt(path) == '/') {
                path++;
            }
            return "file:///" + location.substring(path);
        }
        return location.startsWith("/") ? "file://" + location : location;
    }
}
