package dev.tarn.catalog.auth;

import java.util.Set;

/**
 * Who asks. Immutable.
 *
 * @param principal the client id of a principal that this catalog knows, {@code issuer#subject} of one that an identity
 *     provider knows, or {@code anonymous}
 * @param roles names of the roles that the login itself brought; those assigned by this catalog come on top
 */
public record Caller(String principal, Set<String> roles) {
    /** Whoever asks a catalog that wants no login. */
    public static final Caller ANONYMOUS = new Caller("anonymous", Set.of());

    /** Copies the roles. */
    public Caller {
        if (principal.isEmpty()) {
            throw new IllegalArgumentException("principal must not be empty");
        }
        roles = Set.copyOf(roles);
    }
}
