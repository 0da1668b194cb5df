package dev.tarn.catalog.store;

/** How a transaction ended for certain. Only {@link #APPLIED} changed anything. */
public enum CommitOutcome {
    /** All of it is durable. */
    APPLIED,
    /** Something is gone or has another version than expected. */
    STALE,
    /** A name is in use already. */
    NAME_TAKEN,
    /** The base location of an object lies at, above or below that of another one. */
    LOCATION_TAKEN,
    /** The namespace of a new object, or the parent of a new namespace, does not exist. */
    NAMESPACE_MISSING,
    /** A namespace to drop still holds something. */
    NAMESPACE_NOT_EMPTY,
    /** A warehouse to drop still holds namespaces, objects that were dropped softly, or tasks. */
    WAREHOUSE_NOT_EMPTY,
    /** The idempotency key was used before: look its record up. */
    KEY_TAKEN
}
