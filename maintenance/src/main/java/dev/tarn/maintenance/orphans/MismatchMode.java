package dev.tarn.maintenance.orphans;

/** What happens to a file whose path is referred to with another scheme or authority, as another name of one bucket. */
public enum MismatchMode {
    /** The run is refused: somebody has to say whether the two are the same. */
    ERROR,
    /** The file stays. */
    IGNORE,
    /** The file counts as unreferenced. */
    DELETE
}
