package dev.tarn.maintenance.compact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.Table;

/**
 * Refuses a commit that would lose equality deletes. Outputs keep the sequence number of the planned snapshot, so that
 * equality deletes committed meanwhile apply to them; but a commit drops every delete file that is older than the oldest
 * data file that <em>remains</em>, and does not count the outputs. If the rewrite removes the last older file, the
 * deletes that the outputs need are gone and deleted rows return. Called for every attempt of a commit.
 */
final class LateEqualityDeletes implements SnapshotAncestryValidator {
    private final Table table;
    private final long startingSequenceNumber;
    private final Set<String> replaced;

    LateEqualityDeletes(Table table, long startingSequenceNumber, Set<String> replaced) {
        this.table = table;
        this.startingSequenceNumber = startingSequenceNumber;
        this.replaced = Set.copyOf(replaced);
    }

    @Override
    public boolean validate(Iterable<Snapshot> ancestors) {
        Iterator<Snapshot> newestFirst = ancestors.iterator();
        if (!newestFirst.hasNext()) {
            return true;
        }
        Snapshot parent = newestFirst.next();
        long oldestLateDelete = oldestLateDelete(parent);
        return oldestLateDelete == Long.MAX_VALUE || hasRemainingFileUpTo(oldestLateDelete, parent);
    }

    @Override
    public String errorMessage() {
        return "equality deletes newer than sequence number %d would be dropped".formatted(startingSequenceNumber);
    }

    private long oldestLateDelete(Snapshot snapshot) {
        long oldest = Long.MAX_VALUE;
        for (ManifestFile manifest : snapshot.deleteManifests(table.io())) {
            if (manifest.sequenceNumber() <= startingSequenceNumber) {
                continue;
            }
            try (ManifestReader<DeleteFile> deletes =
                    ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
                for (DeleteFile delete : deletes) {
                    if (delete.content() == FileContent.EQUALITY_DELETES
                            && delete.dataSequenceNumber() > startingSequenceNumber) {
                        oldest = Math.min(oldest, delete.dataSequenceNumber());
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the manifest " + manifest.path(), e);
            }
        }
        return oldest;
    }

    private boolean hasRemainingFileUpTo(long sequenceNumber, Snapshot snapshot) {
        List<ManifestFile> oldestFirst = snapshot.dataManifests(table.io()).stream()
                .filter(manifest -> manifest.minSequenceNumber() <= sequenceNumber)
                .sorted(Comparator.comparingLong(ManifestFile::minSequenceNumber))
                .toList();
        for (ManifestFile manifest : oldestFirst) {
            try (ManifestReader<DataFile> files = ManifestFiles.read(manifest, table.io(), table.specs())) {
                for (DataFile file : files) {
                    if (file.dataSequenceNumber() <= sequenceNumber && !replaced.contains(file.location())) {
                        return true;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot read the manifest " + manifest.path(), e);
            }
        }
        return false;
    }
}
