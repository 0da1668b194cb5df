package dev.tarn.catalog.store;

/** Whether two objects of a warehouse may share files. */
public enum LocationRule {
    /** The base location must not lie at, above or below that of any other object, live or dropped softly. */
    EXCLUSIVE,
    /** Nothing is checked. */
    MAY_OVERLAP
}
