package dev.tarn.catalog.planning;

/**
 * A part of a scan: from one entry to another in the order of the manifests. The manifests of a snapshot and their
 * entries never change, so that a range means the same to everybody for ever.
 *
 * @param fromManifest index of the first manifest
 * @param fromRow first entry in it
 * @param toManifest index of the last manifest
 * @param toRow entry in it before which the range ends
 */
record ScanRange(int fromManifest, int fromRow, int toManifest, int toRow) {
    /** Everything. */
    static final ScanRange ALL = new ScanRange(0, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);

    ScanRange {
        if (fromManifest < 0 || fromRow < 0 || toManifest < fromManifest || toRow < 0) {
            throw new IllegalArgumentException("A range must not end before it begins");
        }
    }

    /** First row of a manifest within the range. */
    int from(int manifest) {
        return manifest == fromManifest ? fromRow : 0;
    }

    /** Row of a manifest at which the range ends. */
    int to(int manifest, int rows) {
        return manifest == toManifest ? Math.min(toRow, rows) : rows;
    }
}
