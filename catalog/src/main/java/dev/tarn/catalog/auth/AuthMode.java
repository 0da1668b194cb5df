package dev.tarn.catalog.auth;

/** How callers prove who they are. */
public enum AuthMode {
    /** They do not: everybody may do everything. */
    OPEN,
    /** By a token that this catalog signs for a client id and secret. */
    OWN,
    /** By a token that an identity provider signs. */
    OIDC
}
