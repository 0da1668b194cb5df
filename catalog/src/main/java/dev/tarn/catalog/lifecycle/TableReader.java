package dev.tarn.catalog.lifecycle;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;

/**
 * Reads the files by which a table is described, past the caches of the server: a purge must not push out what is in use.
 * Whatever cannot be read is CORRUPT and named. Thread-safe.
 */
final class TableReader {
    /** Far above any healthy table; a hostile file must not exhaust the heap. */
    private static final long MAX_METADATA_BYTES = 256L << 20;

    private final FileIO io;

    TableReader(FileIO io) {
        this.io = io;
    }

    /**
     * Parsed metadata.
     *
     * @throws NotFoundException if the file does not exist
     * @throws TarnException CORRUPT if it cannot be read or is no table metadata
     */
    TableMetadata metadata(String location) {
        try {
            InputFile file = io.newInputFile(location);
            if (file.getLength() > MAX_METADATA_BYTES) {
                throw new TarnException(
                        ErrorKind.CORRUPT,
                        "The metadata file %s is larger than %d bytes".formatted(location, MAX_METADATA_BYTES));
            }
            return TableMetadataParser.read(file);
        } catch (NotFoundException | TarnException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unreadable("metadata file", location, e);
        }
    }

    /** The manifests of a snapshot. */
    List<ManifestFile> manifests(Snapshot snapshot) {
        try {
            return snapshot.allManifests(io);
        } catch (RuntimeException e) {
            throw unreadable("manifest list", String.valueOf(snapshot.manifestListLocation()), e);
        }
    }

    /** Hands over the location of every data or delete file that a manifest holds as live. */
    void paths(ManifestFile manifest, TableMetadata metadata, Consumer<String> path) {
        try (CloseableIterable<String> paths =
                reading(manifest, () -> ManifestFiles.readPaths(manifest, io, metadata.specsById()))) {
            Iterator<String> next = reading(manifest, paths::iterator);
            while (reading(manifest, next::hasNext)) {
                path.accept(reading(manifest, next::next));
            }
        } catch (IOException e) {
            throw unreadable("manifest", manifest.path(), e);
        }
    }

    private static <T> T reading(ManifestFile manifest, Supplier<T> step) {
        try {
            return step.get();
        } catch (RuntimeException e) {
            throw unreadable("manifest", manifest.path(), e);
        }
    }

    private static TarnException unreadable(String what, String location, Exception cause) {
        return new TarnException(
                ErrorKind.CORRUPT,
                "Cannot read the %s %s (%s)"
                        .formatted(what, location, cause.getClass().getSimpleName()),
                cause);
    }
}
