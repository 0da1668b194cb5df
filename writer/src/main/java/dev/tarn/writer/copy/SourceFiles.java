package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import dev.tarn.storage.LocalFileIO;
import dev.tarn.storage.TarnFileIO;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.iceberg.io.FileInfo;

/** The files that a list of sources stands for, in a stable order. */
final class SourceFiles {
    /** Files of one load: their fingerprints go into one table property, of about 11 bytes each. */
    static final int MAX_FILES = 10_000;

    /** Files that are looked at to find them: a pattern that begins too early would list a whole bucket. */
    private static final int MAX_LISTED = 1_000_000;

    private static final int FINGERPRINT_BYTES = 8;

    private SourceFiles() {}

    /**
     * One file.
     *
     * @param fingerprint changes with location, length and time of modification
     */
    record SourceFile(String location, long length, String fingerprint) {}

    /**
     * Resolves files, folders and globs.
     *
     * @throws TarnException NOT_FOUND naming the source that stands for nothing, INVALID for too many files or a bad pattern
     */
    static List<SourceFile> find(List<String> sources, TarnFileIO io) {
        TreeMap<String, SourceFile> found = new TreeMap<>();
        for (String source : sources) {
            List<SourceFile> files = isRemote(source) ? remote(source, io) : local(source);
            if (files.isEmpty()) {
                throw new TarnException(
                        ErrorKind.NOT_FOUND, "There is no file %s; check path and pattern".formatted(source));
            }
            files.forEach(file -> found.put(file.location(), file));
        }
        if (found.size() > MAX_FILES) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The sources name %d files but one load takes %d; load them in parts"
                            .formatted(found.size(), MAX_FILES));
        }
        return List.copyOf(found.values());
    }

    private static boolean isRemote(String source) {
        return source.contains("://") && !source.startsWith("file:");
    }

    private static List<SourceFile> local(String source) {
        Path path = source.startsWith("file:")
                ? LocalFileIO.toPath(source)
                : Path.of(source).toAbsolutePath();
        if (Files.isRegularFile(path)) {
            return List.of(describe(path));
        }
        if (Files.isDirectory(path)) {
            return walk(path, "*", 1, other -> true);
        }
        String text = path.toString();
        int wildcard = firstWildcard(text);
        if (wildcard < 0) {
            return List.of();
        }
        Path folder = Path.of(text.substring(0, Math.max(text.lastIndexOf('/', wildcard), 1)));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        int depth = text.contains("**") ? Integer.MAX_VALUE : path.getNameCount() - folder.getNameCount();
        return walk(folder, text, depth, matcher(source, text));
    }

    private static List<SourceFile> walk(Path folder, String pattern, int depth, PathMatcher matcher) {
        List<SourceFile> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder, depth)) {
            int listed = 0;
            for (Path path : (Iterable<Path>) paths::iterator) {
                refuseTooMany(folder.toString(), ++listed);
                if (!isHidden(path.toString(), pattern) && matcher.matches(path) && Files.isRegularFile(path)) {
                    found.add(describe(path));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot list %s: %s".formatted(folder, e.getMessage()), e);
        }
        return found;
    }

    private static SourceFile describe(Path path) {
        try {
            String location = LocalFileIO.toLocation(path);
            long length = Files.size(path);
            long modified = Files.getLastModifiedTime(path).toMillis();
            return new SourceFile(location, length, fingerprint(location, length, modified));
        } catch (IOException e) {
            throw new TarnException(ErrorKind.UNAVAILABLE, "Cannot read %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static List<SourceFile> remote(String source, TarnFileIO io) {
        int wildcard = firstWildcard(source);
        String prefix = wildcard < 0 ? source : source.substring(0, wildcard);
        PathMatcher matcher = matcher(source, withoutScheme(source));
        List<SourceFile> files = new ArrayList<>();
        int listed = 0;
        for (FileInfo info : io.listPrefix(prefix)) {
            refuseTooMany(prefix, ++listed);
            boolean matches = wildcard < 0
                    ? info.location().equals(source) || info.location().startsWith(source.replaceFirst("/*$", "/"))
                    : matcher.matches(Path.of(withoutScheme(info.location())));
            if (matches && info.size() > 0 && !isHidden(info.location(), source)) {
                files.add(new SourceFile(
                        info.location(),
                        info.size(),
                        fingerprint(info.location(), info.size(), info.createdAtMillis())));
            }
        }
        return files;
    }

    private static PathMatcher matcher(String source, String glob) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "'%s' is no pattern: %s; write a backslash before characters that stand for themselves"
                            .formatted(source, e.getDescription()),
                    e);
        }
    }

    private static void refuseTooMany(String where, int listed) {
        if (listed > MAX_LISTED) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "There are more than %d files below %s; name a longer path before the first wildcard"
                            .formatted(MAX_LISTED, where));
        }
    }

    /** Markers and logs of other programs, as _SUCCESS, which are no data unless they are asked for. */
    private static boolean isHidden(String location, String pattern) {
        String name = BadRowException.fileName(location);
        String asked = BadRowException.fileName(pattern);
        return (name.startsWith(".") || name.startsWith("_")) && !asked.startsWith(name.substring(0, 1));
    }

    private static String withoutScheme(String location) {
        return location.substring(location.indexOf("://") + 3);
    }

    private static int firstWildcard(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("*?[{".indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static String fingerprint(String location, long length, long modifiedMillis) {
        String all = "%s|%d|%d".formatted(location, length, modifiedMillis);
        byte[] digest = Sha256.of(all.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
    }
}
