package dev.tarn.catalog.store;

/** What a privilege can be granted on. */
public enum SecurableKind {
    /** The whole server. */
    SERVER,
    /** One warehouse and everything in it. */
    WAREHOUSE,
    /** One namespace and everything below it. */
    NAMESPACE,
    /** One table or view. */
    OBJECT
}
