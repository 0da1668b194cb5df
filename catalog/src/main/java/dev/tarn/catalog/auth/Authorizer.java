package dev.tarn.catalog.auth;

/** Decides what callers may do in one warehouse. Thread-safe. */
public interface Authorizer {
    /** Whether the caller may do this to that. */
    boolean may(Caller caller, Privilege privilege, Securable on);

    /** Whether the caller may do this for certain, from memory and without ever blocking; false may mean "not known". */
    default boolean mayInMemory(Caller caller, Privilege privilege, Securable on) {
        return false;
    }

    /**
     * Lets a caller pass or not. Whoever may list the names beside a missing object learns that it is missing; everybody
     * else gets the same refusal for what exists and what does not.
     *
     * @throws org.apache.iceberg.exceptions.ForbiddenException if the caller may not do this
     * @throws org.apache.iceberg.exceptions.NoSuchTableException and its like, if the caller may know that it is missing
     */
    void require(Caller caller, Privilege privilege, Securable on);

    /**
     * Notes, where an audit is kept, that a caller was handed something that outlives the request.
     *
     * @param action what happened, as {@code read-credentials}
     */
    default void noteHandedOut(Caller caller, String action, Securable on) {}
}
