package dev.tarn.catalog.lifecycle;

/**
 * How far a purge has come.
 *
 * @param phase what is being deleted; everything of the phases before is gone
 * @param position the last manifest whose data files are gone; empty at the begin of the phase
 */
record PurgeCursor(Phase phase, String position) {
    /** In the order in which files are deleted: what names other files goes after them. */
    enum Phase {
        /** Nothing was deleted. */
        WAITING,
        /** Data files, delete files and deletion vectors: from here on there is no way back. */
        DATA,
        /** Manifests. */
        MANIFESTS,
        /** Manifest lists. */
        LISTS,
        /** Statistics and older metadata files. */
        OTHERS,
        /** What failed writers left in the table's own folder. */
        LEFTOVERS,
        /** The last metadata file. */
        METADATA
    }

    static PurgeCursor at(Phase phase) {
        return new PurgeCursor(phase, "");
    }

    static PurgeCursor parse(String text) {
        if (text.isEmpty()) {
            return at(Phase.WAITING);
        }
        int bar = text.indexOf('|');
        return new PurgeCursor(Phase.valueOf(text.substring(0, bar)), text.substring(bar + 1));
    }

    String text() {
        return phase + "|" + position;
    }

    boolean isBefore(Phase other) {
        return phase.compareTo(other) < 0;
    }
}
