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
import java.util.stream.Stream;
import org.apache.iceberg.io.FileInfo;

/** The files that a list of sources stands for, in a stable order. */
final class SourceFiles {
    /** Files of one load: the fingerprints of all go into one snapshot summary, which is kept small. */
    private static final int MAX_FILES = 2_000;

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
     * @throws TarnException NOT_FOUND naming the source that stands for nothing, INVALID for too many files
     */
    static List<SourceFile> find(List<String> sources, TarnFileIO io) {
        TreeMap<String, SourceFile> found = new TreeMap<>();
        for (String source : sources) {
            List<SourceFile> files =
                    source.contains("://") && !source.startsWith("file:") ? remote(source, io) : local(source);
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

    private static List<SourceFile> local(String source) {
        Path path = source.startsWith("file:")
                ? LocalFileIO.toPath(source)
                : Path.of(source).toAbsolutePath();
        if (Files.isRegularFile(path)) {
            return List.of(describe(path));
        }
        if (Files.isDirectory(path)) {
            return walk(path, path + "/*");
        }
        int wildcard = firstWildcard(path.toString());
        if (wildcard < 0) {
            return List.of();
        }
        String text = path.toString();
        Path folder = Path.of(text.substring(0, Math.max(text.lastIndexOf('/', wildcard), 1)));
        return Files.isDirectory(folder) ? walk(folder, text) : List.of();
    }

    private static List<SourceFile> walk(Path folder, String glob) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !BadRowException.fileName(path.toString()).startsWith("."))
                    .filter(matcher::matches)
                    .map(SourceFiles::describe)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
    }

    private static SourceFile describe(Path path) {
        try {
            String location = LocalFileIO.toLocation(path);
            long length = Files.size(path);
            long modified = Files.getLastModifiedTime(path).toMillis();
            return new SourceFile(location, length, fingerprint(location, length, modified));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
    }

    private static List<SourceFile> remote(String source, TarnFileIO io) {
        int wildcard = firstWildcard(source);
        String prefix = wildcard < 0 ? source : source.substring(0, wildcard);
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + withoutScheme(source));
        List<SourceFile> files = new ArrayList<>();
        for (FileInfo info : io.listPrefix(prefix)) {
            boolean matches = wildcard < 0
                    ? info.location().equals(source) || info.location().startsWith(source.replaceFirst("/*$", "/"))
                    : matcher.matches(Path.of(withoutScheme(info.location())));
            if (matches && info.size() > 0) {
                files.add(new SourceFile(
                        info.location(),
                        info.size(),
                        fingerprint(info.location(), info.size(), info.createdAtMillis())));
            }
        }
        return files;
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
