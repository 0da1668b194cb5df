package dev.tarn.maintenance.orphans;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;

/**
 * Every location that a table refers to: by its metadata and their log, by all snapshots whoever keeps them (branches, tags,
 * staged ones), by statistics. A file that cannot be read is an error, never an empty one.
 */
final class ReferencedFiles {
    private final Table table;

    ReferencedFiles(Table table) {
        this.table = table;
    }

    void forEach(Consumer<String> visit) {
        ReachableFileUtil.metadataFileLocations(table, false).forEach(visit);
        visit.accept(ReachableFileUtil.versionHintLocation(table));
        for (StatisticsFile file : table.statisticsFiles()) {
            visit.accept(file.path());
        }
        for (PartitionStatisticsFile file : table.partitionStatisticsFiles()) {
            visit.accept(file.path());
        }
        Set<String> seen = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            String list = snapshot.manifestListLocation();
            // Old tables may hold their manifests in the metadata itself.
            if (list != null) {
                visit.accept(list);
            }
            for (ManifestFile manifest : manifests(snapshot)) {
                if (seen.add(manifest.path())) {
                    visit.accept(manifest.path());
                    visitContent(manifest, visit);
                }
            }
        }
    }

    private Iterable<ManifestFile> manifests(Snapshot snapshot) {
        try {
            return snapshot.allManifests(table.io());
        } catch (RuntimeException e) {
            throw unreadable("the manifest list " + snapshot.manifestListLocation(), e);
        }
    }

    private void visitContent(ManifestFile manifest, Consumer<String> visit) {
        try (ManifestReader<? extends ContentFile<?>> files = manifest.content() == ManifestContent.DATA
                ? ManifestFiles.read(manifest, table.io(), table.specs())
                : ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
            for (ContentFile<?> file : files) {
                visit.accept(file.location());
            }
        } catch (IOException e) {
            throw unreadable("the manifest " + manifest.path(), new UncheckedIOException(e));
        } catch (RuntimeException e) {
            throw unreadable("the manifest " + manifest.path(), e);
        }
    }

    private TarnException unreadable(String what, RuntimeException cause) {
        return new TarnException(
                cause instanceof NotFoundException ? ErrorKind.CORRUPT : ErrorKind.UNAVAILABLE,
                "No file of %s was deleted: cannot read %s, so that it is not known which files are needed; make it readable and run again"
                        .formatted(table.name(), what),
                cause);
    }
}
