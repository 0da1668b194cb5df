package dev.tarn.catalog.lifecycle;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.common.DataSize;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;

/**
 * Finds out which files an object needs. Metadata, manifest lists and manifests never change, so that what they name is
 * read once and kept: usually nothing but the fact that it all lies in the table's own folders. Thread-safe.
 */
final class References {
    private final Cache<String, ObjectReferences> objects;
    private final Cache<String, FileSet> lists;

    /** References with a memory of about so many bytes. */
    References(DataSize memory) {
        long half = Math.max(1, memory.bytes() / 2);
        objects = Caffeine.newBuilder()
                .maximumWeight(half)
                .weigher((String location, ObjectReferences references) -> location.length() + references.weight())
                .build();
        lists = Caffeine.newBuilder()
                .maximumWeight(half)
                .weigher((String location, FileSet files) -> 100 + location.length() + files.weight())
                .build();
    }

    /**
     * What an object needs.
     *
     * @param io reads the files of its warehouse
     * @throws TarnException CORRUPT, naming the object, if any of its files cannot be read
     */
    ObjectReferences of(ObjectRecord object, FileIO io) {
        ObjectReferences known = objects.getIfPresent(object.metadataLocation());
        if (known != null) {
            return known;
        }
        ObjectReferences found = object.kind() == ObjectKind.TABLE ? table(object, io) : view(object);
        objects.put(object.metadataLocation(), found);
        return found;
    }

    /** A view has no files but its metadata. */
    private static ObjectReferences view(ObjectRecord view) {
        FileSet.Builder files = new FileSet.Builder();
        files.addFile(FileSpelling.of(view.metadataLocation()));
        return new ObjectReferences(
                view.location().isEmpty() ? List.of() : List.of(FileSpelling.folder(view.location())), files.build());
    }

    private ObjectReferences table(ObjectRecord table, FileIO io) {
        TableReader reader = new TableReader(io);
        try {
            TableMetadata metadata = reader.metadata(table.metadataLocation());
            TableFolders own = TableFolders.named(metadata);
            FileSet.Builder foreign = new FileSet.Builder();
            Consumer<String> named = location -> addForeign(location, own, foreign);
            named.accept(table.metadataLocation());
            metadata.previousFiles().forEach(file -> named.accept(file.file()));
            metadata.statisticsFiles().forEach(file -> named.accept(file.path()));
            metadata.partitionStatisticsFiles().forEach(file -> named.accept(file.path()));
            Map<String, FileSet> manifests = new HashMap<>();
            for (Snapshot snapshot : metadata.snapshots()) {
                foreign.addAll(snapshot(snapshot, metadata, own, reader, manifests));
            }
            return new ObjectReferences(own.folders(), foreign.build());
        } catch (NotFoundException | TarnException e) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    ("Cannot tell which files table %s.%s needs: %s; repair it, or drop it without purge if nothing of"
                                    + " it is needed")
                            .formatted(String.join(".", table.namespace()), table.name(), e.getMessage()),
                    e);
        }
    }

    private FileSet snapshot(
            Snapshot snapshot,
            TableMetadata metadata,
            TableFolders own,
            TableReader reader,
            Map<String, FileSet> manifests) {
        String list = String.valueOf(snapshot.manifestListLocation());
        FileSet known = lists.getIfPresent(key(list, own));
        if (known != null) {
            return known;
        }
        FileSet.Builder foreign = new FileSet.Builder();
        if (snapshot.manifestListLocation() != null) {
            addForeign(list, own, foreign);
        }
        for (ManifestFile manifest : reader.manifests(snapshot)) {
            foreign.addAll(
                    manifests.computeIfAbsent(manifest.path(), absent -> manifest(manifest, metadata, own, reader)));
        }
        FileSet found = foreign.build();
        if (snapshot.manifestListLocation() != null) {
            lists.put(key(list, own), found);
        }
        return found;
    }

    private FileSet manifest(ManifestFile manifest, TableMetadata metadata, TableFolders own, TableReader reader) {
        String key = key(manifest.path(), own);
        FileSet known = lists.getIfPresent(key);
        if (known != null) {
            return known;
        }
        FileSet.Builder foreign = new FileSet.Builder();
        addForeign(manifest.path(), own, foreign);
        reader.paths(manifest, metadata, file -> addForeign(file, own, foreign));
        FileSet found = foreign.build();
        lists.put(key, found);
        return found;
    }

    private static void addForeign(String location, TableFolders own, FileSet.Builder foreign) {
        String file = FileSpelling.of(location);
        if (!own.contains(file)) {
            foreign.addFile(file);
        }
    }

    /** The same manifest may be named by two tables, and what is foreign to one is the other's own. */
    private static String key(String location, TableFolders own) {
        return location + '\n' + String.join("\n", own.folders());
    }
}
