package dev.tarn.catalog.commit;

import dev.tarn.catalog.model.TableLocations;
import dev.tarn.common.NamedThreads;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the files of dropped tables in the background: those that the last metadata reaches and that lie below the
 * table's own location, nothing else. A file that cannot be deleted is logged and stays. Thread-safe; {@link #close}
 * lets the running purge finish the file at hand.
 */
public final class TablePurge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TablePurge.class);

    /** Purges that wait; beyond it the files stay and the log says so, since a drop must not fail for it. */
    private static final int MAX_QUEUED = 1_000;

    private final FileIO io;
    private final MetadataFiles files;
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), new NamedThreads("catalog-purge"));

    /** Purges files of one warehouse. */
    public TablePurge(FileIO io, MetadataFiles files) {
        this.io = io;
        this.files = files;
    }

    /** Deletes, later, what belongs to a table that was dropped with this metadata. */
    public void schedule(String metadataLocation) {
        try {
            executor.execute(() -> purge(metadataLocation));
        } catch (RejectedExecutionException e) {
            LOG.warn("Too many purges wait: the files of {} stay", metadataLocation);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private void purge(String metadataLocation) {
        try {
            TableMetadata metadata = files.load(metadataLocation).metadata();
            if (!metadata.propertyAsBoolean(TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT)) {
                LOG.info("Files of {} stay since the table has {}=false", metadataLocation, TableProperties.GC_ENABLED);
                return;
            }
            int deleted = 0;
            for (String file : reachable(metadata)) {
                if (Thread.currentThread().isInterrupted()) {
                    LOG.warn("The purge of {} was stopped; the rest of its files stays", metadataLocation);
                    return;
                }
                deleted += delete(metadata.location(), file);
            }
            LOG.info("Purged {} files below {}", deleted, metadata.location());
        } catch (RuntimeException | IOException e) {
            LOG.warn("Cannot purge the table of {}; its files stay", metadataLocation, e);
        }
    }

    /** Data first and the metadata file last, so that an interrupted purge can still be understood. */
    private Set<String> reachable(TableMetadata metadata) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        Set<String> manifests = new LinkedHashSet<>();
        Set<String> others = new LinkedHashSet<>();
        for (Snapshot snapshot : metadata.snapshots()) {
            if (!TableLocations.isBelow(metadata.location(), snapshot.manifestListLocation())) {
                continue; // Not ours: not even to be read.
            }
            for (ManifestFile manifest : snapshot.allManifests(io)) {
                if (TableLocations.isBelow(metadata.location(), manifest.path()) && manifests.add(manifest.path())) {
                    try (CloseableIterable<String> paths =
                            ManifestFiles.readPaths(manifest, io, metadata.specsById())) {
                        paths.forEach(found::add);
                    }
                }
            }
            others.add(snapshot.manifestListLocation());
        }
        metadata.statisticsFiles().forEach(file -> others.add(file.path()));
        metadata.partitionStatisticsFiles().forEach(file -> others.add(file.path()));
        metadata.previousFiles().forEach(file -> others.add(file.file()));
        found.addAll(manifests);
        found.addAll(others);
        found.add(metadata.metadataFileLocation());
        return found;
    }

    private int delete(String tableLocation, String file) {
        if (!TableLocations.isBelow(tableLocation, file)) {
            LOG.warn("The file {} is outside of the table location {} and stays", file, tableLocation);
            return 0;
        }
        try {
            io.deleteFile(file);
            return 1;
        } catch (RuntimeException e) {
            LOG.warn("Cannot delete {}; it stays", file, e);
            return 0;
        }
    }
}
