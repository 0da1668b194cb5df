package dev.tarn.maintenance.migrate;

/** What is carried from one catalog to another. */
public enum MigratedKind {
    /** A namespace with its properties. */
    NAMESPACE,
    /** A table, by its metadata file. */
    TABLE,
    /** A view, by its metadata file. */
    VIEW
}
