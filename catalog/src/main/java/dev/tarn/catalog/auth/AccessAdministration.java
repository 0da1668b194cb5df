package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Secret;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Principals and roles by the names that people use. Every change is written to the audit log, in the transaction that makes
 * it and as a line. Nothing here asks whether the caller may do it: the routes have done that. Thread-safe.
 */
public final class AccessAdministration {
    /** Rounds after lost races with other administrators. */
    private static final int MAX_ROUNDS = 5;

    private static final int MAX_NAME_CHARS = 255;

    private final AccessStore store;
    private final ClientSecrets secrets;
    private final AuditLog audit;
    private final Runnable changed;

    /**
     * Works on one store.
     *
     * @param changed told after every change, so that it counts at once
     */
    AccessAdministration(AccessStore store, ClientSecrets secrets, AuditLog audit, Runnable changed) {
        this.store = store;
        this.secrets = secrets;
        this.audit = audit;
        this.changed = changed;
    }

    /**
     * A principal with its secret, which is shown this once.
     *
     * @param principal as stored
     * @param secret absent for one that logs in at an identity provider
     */
    public record WithSecret(PrincipalRecord principal, Optional<Secret> secret) {}

    /** Principals in the order of their names, behind one of them. */
    public List<PrincipalRecord> principals(String afterName, int limit) {
        return store.listPrincipals(afterName, limit);
    }

    /** A principal; NOT_FOUND if there is none of this name. */
    public PrincipalRecord principal(String name) {
        return store.findPrincipalByName(name).orElseThrow(() -> missing("Principal", name));
    }

    /**
     * Adds a principal.
     *
     * @param identity {@code issuer#subject} if it logs in at an identity provider; empty for a client id and a secret
     */
    public WithSecret createPrincipal(Caller caller, String name, String identity, Map<String, String> properties) {
        checkName("principal", name);
        boolean external = !identity.isEmpty();
        if (external && !identity.matches("[^#\\p{Cntrl}]{1,255}#[^\\p{Cntrl}]{1,255}")) {
            throw new TarnException(
                    ErrorKind.INVALID, "An identity is written as issuer#subject but was '%s'".formatted(identity));
        }
        Optional<Secret> secret = external ? Optional.empty() : Optional.of(secrets.generate());
        PrincipalRecord principal = new PrincipalRecord(
                UUID.randomUUID().toString(),
                name,
                external ? identity : ClientSecrets.newClientId(),
                secret.map(secrets::hash).orElse(""),
                true,
                properties,
                1);
        change(caller, "create-principal", "principal/" + name, record -> store.createPrincipal(principal, record));
        return new WithSecret(principal, secret);
    }

    /** Gives a principal another secret; the old one and what was got for it can get no new tokens. */
    public WithSecret rotateSecret(Caller caller, String name) {
        Secret secret = secrets.generate();
        String hash = secrets.hash(secret);
        PrincipalRecord changedPrincipal = replace(caller, "rotate-secret", name, old -> {
            if (old.secretHash().isEmpty()) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Principal '%s' has no secret: it logs in at an identity provider".formatted(name));
            }
            return new PrincipalRecord(
                    old.id(), old.name(), old.clientId(), hash, old.active(), old.properties(), old.version());
        });
        return new WithSecret(changedPrincipal, Optional.of(secret));
    }

    /** Lets a principal in again. */
    public PrincipalRecord activate(Caller caller, String name) {
        return replace(caller, "activate-principal", name, old -> withActive(old, true));
    }

    /** Keeps a principal out at once, whatever tokens it holds. */
    public PrincipalRecord deactivate(Caller caller, String name) {
        refuseSelf(caller, name);
        return replace(caller, "deactivate-principal", name, old -> withActive(old, false));
    }

    /** Forgets a principal. */
    public void dropPrincipal(Caller caller, String name) {
        refuseSelf(caller, name);
        inRounds("principal/" + name, () -> {
            PrincipalRecord current = principal(name);
            return attempt(
                    caller,
                    "drop-principal",
                    "principal/" + name,
                    Map.of(),
                    record -> store.dropPrincipal(current.id(), current.version(), record));
        });
    }

    /** The roles of a principal. */
    public List<RoleRecord> rolesOf(String principalName) {
        return store.rolesOf(principal(principalName).id());
    }

    /** Roles in the order of their names, behind one of them. */
    public List<RoleRecord> roles(String afterName, int limit) {
        return store.listRoles(afterName, limit);
    }

    /** A role; NOT_FOUND if there is none of this name. */
    public RoleRecord role(String name) {
        return store.findRoleByName(name).orElseThrow(() -> missing("Role", name));
    }

    /** Adds a role that nobody has and that may do nothing. */
    public RoleRecord createRole(Caller caller, String name) {
        checkName("role", name);
        RoleRecord role = new RoleRecord(UUID.randomUUID().toString(), name, 1);
        change(caller, "create-role", "role/" + name, record -> store.createRole(role, record));
        return role;
    }

    /** Forgets a role with its grants. */
    public void dropRole(Caller caller, String name) {
        inRounds("role/" + name, () -> {
            RoleRecord current = role(name);
            return attempt(
                    caller,
                    "drop-role",
                    "role/" + name,
                    Map.of(),
                    record -> store.dropRole(current.id(), current.version(), record));
        });
    }

    /** Gives a role to a principal. */
    public void assign(Caller caller, String principalName, String roleName) {
        PrincipalRecord principal = principal(principalName);
        RoleRecord role = role(roleName);
        done(
                "principal/" + principalName,
                attempt(
                        caller,
                        "assign-role",
                        "principal/" + principalName,
                        Map.of("role", roleName),
                        record -> store.assign(principal.id(), role.id(), record)));
    }

    /** Takes a role from a principal. */
    public void unassign(Caller caller, String principalName, String roleName) {
        PrincipalRecord principal = principal(principalName);
        RoleRecord role = role(roleName);
        CommitOutcome outcome = attempt(
                caller,
                "unassign-role",
                "principal/" + principalName,
                Map.of("role", roleName),
                record -> store.unassign(principal.id(), role.id(), record));
        if (outcome == CommitOutcome.STALE) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Principal '%s' does not have the role '%s'".formatted(principalName, roleName));
        }
        done("principal/" + principalName, outcome);
    }

    private PrincipalRecord replace(Caller caller, String action, String name, UnaryOperator<PrincipalRecord> next) {
        inRounds("principal/" + name, () -> {
            PrincipalRecord replaced = next.apply(principal(name));
            return attempt(
                    caller, action, "principal/" + name, Map.of(), record -> store.replacePrincipal(replaced, record));
        });
        return principal(name);
    }

    private static PrincipalRecord withActive(PrincipalRecord old, boolean active) {
        return new PrincipalRecord(
                old.id(), old.name(), old.clientId(), old.secretHash(), active, old.properties(), old.version());
    }

    /** Whether the caller is the principal of this name. */
    public boolean isSelf(Caller caller, String name) {
        return store.findPrincipalByName(name)
                .filter(principal -> principal.clientId().equals(caller.principal()))
                .isPresent();
    }

    private void refuseSelf(Caller caller, String name) {
        if (isSelf(caller, name)) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Principal '%s' cannot lock itself out; let another administrator do it".formatted(name));
        }
    }

    /** Runs a change until nobody came in between. */
    private static void inRounds(String subject, Supplier<CommitOutcome> round) {
        CommitOutcome outcome = CommitOutcome.STALE;
        for (int i = 0; i < MAX_ROUNDS && outcome == CommitOutcome.STALE; i++) {
            outcome = round.get();
        }
        done(subject, outcome);
    }

    private void change(Caller caller, String action, String subject, Function<AuditRecord, CommitOutcome> work) {
        done(subject, attempt(caller, action, subject, Map.of(), work));
    }

    CommitOutcome attempt(
            Caller caller,
            String action,
            String subject,
            Map<String, String> details,
            Function<AuditRecord, CommitOutcome> work) {
        AuditRecord record = audit.describe(caller.principal(), action, subject, AuditLog.ALLOWED, details);
        CommitOutcome outcome = work.apply(record);
        if (outcome == CommitOutcome.APPLIED) {
            audit.write(record);
            changed.run();
        }
        return outcome;
    }

    static void done(String subject, CommitOutcome outcome) {
        if (outcome == CommitOutcome.NAME_TAKEN) {
            throw new TarnException(ErrorKind.ALREADY_EXISTS, "%s exists already".formatted(subject));
        }
        if (outcome == CommitOutcome.STALE) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "%s was changed by somebody else at the same time; try again".formatted(subject));
        }
        if (outcome != CommitOutcome.APPLIED) {
            throw new IllegalStateException("Impossible for %s: %s".formatted(subject, outcome));
        }
    }

    private static void checkName(String what, String name) {
        if (name.isBlank()
                || name.length() > MAX_NAME_CHARS
                || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The name of a %s must have from 1 to %d characters and no control characters"
                            .formatted(what, MAX_NAME_CHARS));
        }
    }

    private static TarnException missing(String what, String name) {
        return new TarnException(ErrorKind.NOT_FOUND, "%s '%s' does not exist".formatted(what, name));
    }
}
