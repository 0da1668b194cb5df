package dev.tarn.catalog.store;

/** What an object of the catalog is. Names are unique across kinds within a namespace. */
public enum ObjectKind {
    /** An Iceberg table. */
    TABLE,
    /** An Iceberg view. */
    VIEW,
    /** A function with all its overloads. */
    FUNCTION
}
