package dev.tarn.catalog.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Principals, roles and grants. Every change writes its audit record in the same transaction and raises
 * {@link #revision}; what it expected and did not find ends as STALE, a name or client id in use as NAME_TAKEN. A view
 * of a {@link CatalogDatabase}: thread-safe, and not to be closed.
 */
public interface AccessStore {
    /** Most grants of one role; whoever needs more grants on something larger. */
    int MAX_GRANTS_PER_ROLE = 10_000;

    /** Most roles of one principal. */
    int MAX_ROLES_PER_PRINCIPAL = 1_000;

    /** A principal by its id. */
    Optional<PrincipalRecord> findPrincipal(String id);

    /** A principal by its name. */
    Optional<PrincipalRecord> findPrincipalByName(String name);

    /** A principal by what it logs in as. */
    Optional<PrincipalRecord> findPrincipalByClientId(String clientId);

    /** Principals in the order of their names, behind one of them; empty for all. */
    List<PrincipalRecord> listPrincipals(String afterName, int limit);

    /** Adds a principal at version 1, whatever the record says. */
    CommitOutcome createPrincipal(PrincipalRecord principal, AuditRecord audit);

    /** Replaces everything but the id. The record holds the version that is expected. */
    CommitOutcome replacePrincipal(PrincipalRecord principal, AuditRecord audit);

    /** Forgets a principal, with its roles. */
    CommitOutcome dropPrincipal(String id, long expectedVersion, AuditRecord audit);

    /** A role by its id. */
    Optional<RoleRecord> findRole(String id);

    /** A role by its name. */
    Optional<RoleRecord> findRoleByName(String name);

    /** Roles in the order of their names, behind one of them; empty for all. */
    List<RoleRecord> listRoles(String afterName, int limit);

    /** Adds a role at version 1, whatever the record says. */
    CommitOutcome createRole(RoleRecord role, AuditRecord audit);

    /** Gives a role another name. The record holds the version that is expected. */
    CommitOutcome replaceRole(RoleRecord role, AuditRecord audit);

    /** Forgets a role: everybody loses it, and its grants are gone. */
    CommitOutcome dropRole(String id, long expectedVersion, AuditRecord audit);

    /**
     * Gives a role to a principal; applied too if it has the role already.
     *
     * @throws dev.tarn.common.TarnException REFUSED beyond {@link #MAX_ROLES_PER_PRINCIPAL}
     */
    CommitOutcome assign(String principalId, String roleId, AuditRecord audit);

    /** Takes a role from a principal. */
    CommitOutcome unassign(String principalId, String roleId, AuditRecord audit);

    /** The roles of a principal, in the order of their names. */
    List<RoleRecord> rolesOf(String principalId);

    /** The principals that have a role, in the order of their names, behind one of them; empty for all. */
    List<PrincipalRecord> principalsOf(String roleId, String afterName, int limit);

    /**
     * Adds a grant; applied too if it is there already.
     *
     * @throws dev.tarn.common.TarnException REFUSED beyond {@link #MAX_GRANTS_PER_ROLE}
     */
    CommitOutcome grant(GrantRecord grant, AuditRecord audit);

    /** Takes a grant back. */
    CommitOutcome revoke(GrantRecord grant, AuditRecord audit);

    /** All grants of some roles. */
    List<GrantRecord> grantsOf(Collection<String> roleIds);

    /** Counts the changes of principals, roles and grants, so that caches know when they are old. */
    long revision();
}
