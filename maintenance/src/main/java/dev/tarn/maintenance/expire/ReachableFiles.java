package dev.tarn.maintenance.expire;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;

/**
 * Which files snapshots reach. Every manifest list and manifest concerned is read, and one that cannot be read is an
 * error, never an empty one. Not thread-safe.
 */
final class ReachableFiles {
    /** About 200 bytes each: a table with more needs a set on disk, and is refused rather than run out of memory. */
    private static final int MAX_CANDIDATES = 10_000_000;

    private final Table table;

    ReachableFiles(Table table) {
        this.table = table;
    }

    /** Files that only the given snapshots of the table reach. */
    List<TableFile> onlyIn(Set<Long> snapshotIds) {
        List<Snapshot> going = new ArrayList<>();
        List<Snapshot> staying = new ArrayList<>();
        table.snapshots()
                .forEach(snapshot -> (snapshotIds.contains(snapshot.snapshotId()) ? going : staying).add(snapshot));
        Map<String, ManifestFile> stayingManifests = manifests(staying);
        Map<String, ManifestFile> goingManifests = manifests(going);
        goingManifests.keySet().removeAll(stayingManifests.keySet());
        Candidates candidates = new Candidates();
        lists(going).forEach(candidates::add);
        goingManifests.values().forEach(manifest -> candidates.add(file(manifest)));
        goingManifests.values().forEach(manifest -> forEachLive(manifest, candidates::add));
        statistics(snapshotIds::contains).forEach(candidates::add);
        removeReachable(candidates.byIdentity, staying, stayingManifests);
        return List.copyOf(candidates.byIdentity.values());
    }

    /** Those of the given files that no snapshot of the table reaches. */
    List<TableFile> unreachable(Collection<TableFile> files) {
        Map<String, TableFile> byIdentity = new LinkedHashMap<>();
        files.forEach(file -> byIdentity.put(file.identity(), file));
        List<Snapshot> all = new ArrayList<>();
        table.snapshots().forEach(all::add);
        removeReachable(byIdentity, all, manifests(all));
        return List.copyOf(byIdentity.values());
    }

    private void removeReachable(
            Map<String, TableFile> files, List<Snapshot> snapshots, Map<String, ManifestFile> manifests) {
        Set<Long> ids = snapshots.stream().map(Snapshot::snapshotId).collect(Collectors.toUnmodifiableSet());
        lists(snapshots).forEach(list -> files.remove(list.identity()));
        manifests.values().forEach(manifest -> files.remove(file(manifest).identity()));
        statistics(ids::contains).forEach(statistics -> files.remove(statistics.identity()));
        boolean hasContent = files.values().stream().anyMatch(file -> isContent(file.kind()));
        if (hasContent) {
            manifests.values().forEach(manifest -> forEachLive(manifest, live -> files.remove(live.identity())));
        }
    }

    private static boolean isContent(FileKind kind) {
        return switch (kind) {
            case DATA, POSITION_DELETES, DELETION_VECTORS, EQUALITY_DELETES -> true;
            case MANIFEST, MANIFEST_LIST, STATISTICS, PARTITION_STATISTICS -> false;
        };
    }

    private static final class Candidates {
        private final Map<String, TableFile> byIdentity = new LinkedHashMap<>();

        private void add(TableFile file) {
            byIdentity.put(file.identity(), file);
            if (byIdentity.size() > MAX_CANDIDATES) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Expiry stopped before any change: more than %d files would become unreachable; expire fewer snapshots"
                                .formatted(MAX_CANDIDATES));
            }
        }
    }

    private static List<TableFile> lists(List<Snapshot> snapshots) {
        return snapshots.stream()
                .map(Snapshot::manifestListLocation)
                // Old tables may hold their manifests in the metadata itself.
                .filter(location -> location != null)
                .map(location -> new TableFile(FileKind.MANIFEST_LIST, location, 0))
                .toList();
    }

    private List<TableFile> statistics(LongPredicate ofSnapshot) {
        List<TableFile> files = new ArrayList<>();
        for (StatisticsFile file : table.statisticsFiles()) {
            if (ofSnapshot.test(file.snapshotId())) {
                files.add(new TableFile(FileKind.STATISTICS, file.path(), file.fileSizeInBytes()));
            }
        }
        for (PartitionStatisticsFile file : table.partitionStatisticsFiles()) {
            if (ofSnapshot.test(file.snapshotId())) {
                files.add(new TableFile(FileKind.PARTITION_STATISTICS, file.path(), file.fileSizeInBytes()));
            }
        }
        return files;
    }

    private static TableFile file(ManifestFile manifest) {
        return new TableFile(FileKind.MANIFEST, manifest.path(), Math.max(0, manifest.length()));
    }

    private Map<String, ManifestFile> manifests(List<Snapshot> snapshots) {
        Map<String, ManifestFile> manifests = new HashMap<>();
        for (Snapshot snapshot : snapshots) {
            try {
                snapshot.allManifests(table.io()).forEach(manifest -> manifests.put(manifest.path(), manifest));
            } catch (RuntimeException e) {
                throw unreadable(
                        "the manifest list %s of snapshot %d"
                                .formatted(snapshot.manifestListLocation(), snapshot.snapshotId()),
                        e);
            }
        }
        return manifests;
    }

    private void forEachLive(ManifestFile manifest, Consumer<TableFile> visit) {
        try (ManifestReader<? extends ContentFile<?>> files = manifest.content() == ManifestContent.DATA
                ? ManifestFiles.read(manifest, table.io(), table.specs())
                : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
            for (ContentFile<?> file : files) {
                visit.accept(new TableFile(kind(file), file.location(), file.fileSizeInBytes()));
            }
        } catch (IOException e) {
            throw unreadable("the manifest " + manifest.path(), new UncheckedIOException(e));
        } catch (TarnException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unreadable("the manifest " + manifest.path(), e);
        }
    }

    private static FileKind kind(ContentFile<?> file) {
        if (file.content() == FileContent.DATA) {
            return FileKind.DATA;
        }
        if (file.content() == FileContent.EQUALITY_DELETES) {
            return FileKind.EQUALITY_DELETES;
        }
        return file.format() == FileFormat.PUFFIN ? FileKind.DELETION_VECTORS : FileKind.POSITION_DELETES;
    }

    private TarnException unreadable(String what, RuntimeException cause) {
        return new TarnException(
                cause instanceof NotFoundException ? ErrorKind.CORRUPT : ErrorKind.UNAVAILABLE,
                "No file of %s was deleted: cannot read %s, so that it is not known which files are still needed; make it"
                                .formatted(table.name(), what)
                        + " readable and run again",
                cause);
    }
}
