package dev.tarn.catalog.lifecycle;

import dev.tarn.catalog.lifecycle.PurgeCursor.Phase;
import dev.tarn.catalog.tasks.TaskProgress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * The files of a dropped table, in the order in which they are deleted: what names others goes after them, so that an
 * attempt that was cut off can be taken up. Confined to one purge.
 */
final class TableFiles {
    /** Only a location that the catalog chose is swept: nobody else was ever told of it. */
    private static final Pattern CHOSEN_BY_THE_CATALOG =
            Pattern.compile(".*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/");

    /** Files of several small manifests go in one request; what a crash repeats stays small. */
    private static final int MANIFESTS_PER_STEP = 50;

    private final TableMetadata metadata;
    private final String metadataLocation;
    private final TableFolders own;
    private final TableReader reader;
    private final SupportsPrefixOperations io;

    TableFiles(
            TableMetadata metadata,
            String metadataLocation,
            TableFolders own,
            TableReader reader,
            SupportsPrefixOperations io) {
        this.metadata = metadata;
        this.metadataLocation = metadataLocation;
        this.own = own;
        this.reader = reader;
        this.io = io;
    }

    /**
     * Deletes everything that is not gone yet.
     *
     * @param from how far earlier attempts came
     * @param droppedAt what is younger in the table's folder was not the table's
     */
    void deleteAll(
            Deletions deletions, NeededFiles needed, PurgeCursor from, TaskProgress progress, Instant droppedAt) {
        if (from.isBefore(Phase.LISTS)) {
            Map<String, ManifestFile> manifests = manifests(progress);
            if (from.isBefore(Phase.MANIFESTS)) {
                deleteData(manifests, deletions, from, progress);
            }
            progress.save(PurgeCursor.at(Phase.MANIFESTS).text());
            manifests.keySet().forEach(deletions::add);
            deletions.flush();
        }
        if (from.isBefore(Phase.OTHERS)) {
            progress.save(PurgeCursor.at(Phase.LISTS).text());
            metadata.snapshots().stream()
                    .flatMap(snapshot -> Optional.ofNullable(snapshot.manifestListLocation()).stream())
                    .forEach(deletions::add);
            deletions.flush();
        }
        if (from.isBefore(Phase.LEFTOVERS)) {
            progress.save(PurgeCursor.at(Phase.OTHERS).text());
            metadata.statisticsFiles().forEach(file -> deletions.add(file.path()));
            metadata.partitionStatisticsFiles().forEach(file -> deletions.add(file.path()));
            metadata.previousFiles().forEach(file -> deletions.add(file.file()));
            deletions.flush();
        }
        if (from.isBefore(Phase.METADATA)) {
            progress.save(PurgeCursor.at(Phase.LEFTOVERS).text());
            deleteLeftovers(deletions, needed, droppedAt);
            deletions.flush();
        }
        progress.save(PurgeCursor.at(Phase.METADATA).text());
        deletions.add(metadataLocation);
        deletions.flush();
    }

    /** By location, in order. Lists outside of the table's folders are not even read. */
    private Map<String, ManifestFile> manifests(TaskProgress progress) {
        Map<String, ManifestFile> manifests = new TreeMap<>();
        for (Snapshot snapshot : metadata.snapshots()) {
            progress.check();
            String list = snapshot.manifestListLocation();
            if (list == null || own.contains(FileSpelling.of(list))) {
                for (ManifestFile manifest : reader.manifests(snapshot)) {
                    if (own.contains(FileSpelling.of(manifest.path()))) {
                        manifests.putIfAbsent(manifest.path(), manifest);
                    }
                }
            }
        }
        return manifests;
    }

    private void deleteData(
            Map<String, ManifestFile> manifests, Deletions deletions, PurgeCursor from, TaskProgress progress) {
        PurgeCursor start = from.phase() == Phase.DATA ? from : PurgeCursor.at(Phase.DATA);
        progress.save(start.text());
        int unflushed = 0;
        for (ManifestFile manifest : manifests.values()) {
            if (manifest.path().compareTo(start.position()) > 0) {
                reader.paths(manifest, metadata, deletions::add);
                if (++unflushed == MANIFESTS_PER_STEP) {
                    deletions.flush();
                    progress.note(new PurgeCursor(Phase.DATA, manifest.path()).text());
                    unflushed = 0;
                }
            }
        }
        deletions.flush();
    }

    /**
     * What writers that failed left behind, and metadata files older than the log: only in the folders that Iceberg writes
     * to, only below a location that the catalog made up, and only what is older than the drop.
     */
    private void deleteLeftovers(Deletions deletions, NeededFiles needed, Instant droppedAt) {
        String location = FileSpelling.folder(metadata.location());
        if (!own.contains(location) || !CHOSEN_BY_THE_CATALOG.matcher(location).matches() || needed.sharesFolders()) {
            return;
        }
        String last = FileSpelling.of(metadataLocation);
        for (String folder : new String[] {location + "data/", location + "metadata/"}) {
            for (FileInfo file : io.listPrefix(folder)) {
                if (file.createdAtMillis() < droppedAt.toEpochMilli()
                        && !FileSpelling.of(file.location()).equals(last)) {
                    deletions.add(file.location());
                }
            }
        }
    }
}
