package dev.tarn.catalog.planning;

/** Something that the manifest cache holds: read from a file that never changes. */
interface Cached {
    /** Memory, about. */
    long bytes();
}
