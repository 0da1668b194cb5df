package dev.tarn.catalog.credentials;

/** What a client may do with the files of a table. */
public enum TableAccess {
    /** Read and list them. */
    READ,
    /** Read, list, write and delete them. */
    WRITE
}
