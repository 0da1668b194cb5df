package dev.tarn.catalog.planning;

import org.jspecify.annotations.Nullable;

/** A decoded manifest together with what its entries inherit from the manifest list. Confined to one plan. */
final class ManifestRows {
    private final ManifestColumns columns;
    private final ListedManifest manifest;
    private long @Nullable [] firstRowIds;

    ManifestRows(ManifestColumns columns, ListedManifest manifest) {
        this.columns = columns;
        this.manifest = manifest;
    }

    ManifestColumns columns() {
        return columns;
    }

    ListedManifest manifest() {
        return manifest;
    }

    /** The data sequence number of an entry: its own, or that of the manifest that added it. */
    long sequence(int row) {
        if (columns.sequences().has(row)) {
            return columns.sequences().get(row);
        }
        if (manifest.sequenceNumber() == 0 || columns.isAdded(row)) {
            return manifest.sequenceNumber();
        }
        throw new CorruptManifestException(
                "Entry %d of the manifest %s lacks its sequence number".formatted(row, manifest.path()));
    }

    /** The snapshot that added the file of an entry. */
    long snapshotId(int row) {
        return columns.snapshotIds().get(row, manifest.snapshotId());
    }

    /** The id of the first row of a data file, null if the table has no row ids. */
    @Nullable
    Long firstRowId(int row) {
        Long first = manifest.firstRowId();
        if (first == null) {
            return null; // Before format 3 an id in the manifest means nothing.
        }
        if (columns.firstRowIds().has(row)) {
            return columns.firstRowIds().get(row);
        }
        long[] ids = firstRowIds;
        if (ids == null) {
            ids = assigned(first);
            firstRowIds = ids;
        }
        return ids[row];
    }

    private long[] assigned(long first) {
        long[] ids = new long[columns.rows()];
        long next = first;
        for (int row = 0; row < ids.length; row++) {
            if (columns.isLive(row) && !columns.firstRowIds().has(row)) {
                ids[row] = next;
                next += columns.records().get(row);
            }
        }
        return ids;
    }
}
