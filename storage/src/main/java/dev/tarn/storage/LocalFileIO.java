package dev.tarn.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.DelegateFileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Iceberg file IO on local disk without Hadoop. A file appears whole or not at all: bytes go to a hidden sibling, are
 * forced to disk, and only then take their name. Thread-safe.
 */
public final class LocalFileIO implements DelegateFileIO {
    private static final long serialVersionUID = 1L;

    /** Made by reflection by Iceberg, then initialised; also directly usable. */
    public LocalFileIO() {}

    /** The path behind {@code file:/x}, {@code file:///x} or {@code /x}. */
    public static Path toPath(String location) {
        if (location.startsWith("file:")) {
            String path = location.substring("file:".length()).replaceFirst("^/+", "/");
            // Iceberg's locations are not percent-encoded, so that URI parsing would change names that hold '%' or ' '.
            return Path.of(path);
        }
        if (location.startsWith("/")) {
            return Path.of(location);
        }
        throw new IllegalArgumentException("Not a local location: " + location);
    }

    /** The location of a path: absolute, {@code file:///}, normalised, not percent-encoded. */
    public static String toLocation(Path path) {
        return "file://" + path.toAbsolutePath().normalize();
    }

    @Override
    public void initialize(Map<String, String> properties) {}

    @Override
    public Map<String, String> properties() {
        return Map.of();
    }

    @Override
    public InputFile newInputFile(String location) {
        return new LocalInputFile(location, -1);
    }

    @Override
    public InputFile newInputFile(String location, long length) {
        return new LocalInputFile(location, length);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new LocalOutputFile(location);
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.delete(toPath(location));
        } catch (NoSuchFileException e) {
            throw new NotFoundException(e, "File does not exist: %s", location);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + location, e);
        }
    }

    @Override
    public void deleteFiles(Iterable<String> locations) {
        int failed = 0;
        for (String location : locations) {
            try {
                Files.deleteIfExists(toPath(location));
            } catch (IOException e) {
                failed++;
            }
        }
        if (failed > 0) {
            throw new BulkDeletionFailureException(failed);
        }
    }

    /** Every regular file below a folder, or whose path begins with the prefix; hidden ones included. */
    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        Path start = toPath(prefix);
        Path folder = Files.isDirectory(start) ? start : start.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return List.of();
        }
        String begin = prefix.endsWith("/") ? start + "/" : start.toString();
        String scheme = prefix.startsWith("file:") ? "file://" : "";
        List<FileInfo> found = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (path.toString().startsWith(begin) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new FileInfo(
                            scheme + path,
                            Files.size(path),
                            Files.getLastModifiedTime(path).toMillis()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + prefix, e);
        }
        return found;
    }

    @Override
    public void deletePrefix(String prefix) {
        List<String> locations = new ArrayList<>();
        listPrefix(prefix).forEach(file -> locations.add(file.location()));
        deleteFiles(locations);
    }

    @Override
    public void close() {}
}
