package dev.tarn.catalog.lifecycle;

import dev.tarn.storage.LocalFileIO;
import java.nio.file.InvalidPathException;
import java.util.Arrays;

/**
 * The one spelling of a location by which two files can be compared: what reaches the same bytes is spelled the same.
 * Pure functions.
 */
final class FileSpelling {
    private static final String S3 = "s3://";

    private FileSpelling() {}

    /** The common spelling. An S3 key ends before a question or number sign, as Iceberg's S3 file IO reads it. */
    static String of(String location) {
        if (location.startsWith("s3a://") || location.startsWith("s3n://")) {
            return of(S3 + location.substring(S3.length() + 1));
        }
        if (location.startsWith(S3)) {
            return cut(cut(location, '?'), '#');
        }
        if (location.startsWith("file:") || location.startsWith("/")) {
            try {
                return LocalFileIO.toLocation(LocalFileIO.toPath(location));
            } catch (InvalidPathException e) {
                return location; // No file can have this name, so that nothing can be mistaken for it.
            }
        }
        return location;
    }

    /** A folder in the common spelling, with a slash at its end, so that no sibling begins with it. */
    static String folder(String location) {
        return of(location).replaceAll("/+$", "") + "/";
    }

    /** Whether a location says plainly which file it means. Only such a file is ever deleted. */
    static boolean isPlain(String location) {
        boolean onS3 = location.matches("s3[an]?://.*");
        return (onS3 || location.startsWith("file:") || location.startsWith("/"))
                && location.codePoints().noneMatch(Character::isISOControl)
                && Arrays.stream(location.split("/", -1)).noneMatch(part -> part.equals(".") || part.equals(".."))
                && !(onS3 && (location.indexOf('?') >= 0 || location.indexOf('#') >= 0));
    }

    private static String cut(String location, char from) {
        int end = location.indexOf(from);
        return end < 0 ? location : location.substring(0, end);
    }
}
