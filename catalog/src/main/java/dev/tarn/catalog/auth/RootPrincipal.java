package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.catalog.store.SecurableKind;
import dev.tarn.common.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The administrator that a catalog without principals begins with. */
final class RootPrincipal {
    /** A settings file for the command line: whoever can read it is the administrator. */
    static final String FILE = "root.properties";

    /** The role that may do everything. */
    static final String ROLE = "service_admin";

    private static final Logger LOG = LoggerFactory.getLogger(RootPrincipal.class);
    private static final String NAME = "root";

    /** Who does what happens at a start, in the audit log. */
    private static final String STARTER = "server";

    private final AccessStore store;
    private final ClientSecrets secrets;
    private final AuditLog audit;

    RootPrincipal(AccessStore store, ClientSecrets secrets, AuditLog audit) {
        this.store = store;
        this.secrets = secrets;
        this.audit = audit;
    }

    /**
     * Makes the administrator unless there are principals already. A generated secret is written to a file that only its
     * owner reads before anything else happens: a crash in between leaves no administrator whose secret nobody knows.
     */
    void createIfAbsent(AuthSettings settings, Path folder) {
        Optional<PrincipalRecord> root = store.findPrincipalByName(NAME);
        if (root.isEmpty() && store.listPrincipals("", 1).isEmpty()) {
            root = create(settings, folder);
        }
        // A crash may have come between the principal and its role.
        if (root.isPresent()
                && root.get().active()
                && store.rolesOf(root.get().id()).isEmpty()) {
            RoleRecord role = role();
            store.grant(
                    new GrantRecord(role.id(), Privilege.SERVICE_ADMIN.name(), SecurableKind.SERVER, "", List.of(), ""),
                    audit.describe(STARTER, "create-grant", "role/" + ROLE, AuditLog.ALLOWED, Map.of()));
            store.assign(
                    root.get().id(),
                    role.id(),
                    audit.describe(STARTER, "assign-role", "principal/" + NAME, AuditLog.ALLOWED, Map.of()));
        }
    }

    private RoleRecord role() {
        Optional<RoleRecord> found = store.findRoleByName(ROLE);
        if (found.isEmpty()) {
            store.createRole(
                    new RoleRecord(UUID.randomUUID().toString(), ROLE, 1),
                    audit.describe(STARTER, "create-role", "role/" + ROLE, AuditLog.ALLOWED, Map.of()));
            found = store.findRoleByName(ROLE);
        }
        return found.orElseThrow(() -> new IllegalStateException("The role " + ROLE + " was dropped at once"));
    }

    private Optional<PrincipalRecord> create(AuthSettings settings, Path folder) {
        String clientId = settings.rootClientId().isEmpty() ? ClientSecrets.newClientId() : settings.rootClientId();
        Secret secret = settings.rootClientSecret().orElseGet(secrets::generate);
        Path file = folder.resolve(FILE);
        boolean generated = settings.rootClientSecret().isEmpty();
        if (generated) {
            PrivateFile.replace(file, "client.credential=%s:%s%n".formatted(clientId, secret.reveal()));
        }
        PrincipalRecord root = new PrincipalRecord(
                UUID.randomUUID().toString(), NAME, clientId, secrets.hash(secret), true, Map.of(), 1);
        CommitOutcome outcome = store.createPrincipal(
                root, audit.describe(STARTER, "create-principal", "principal/" + NAME, AuditLog.ALLOWED, Map.of()));
        if (outcome != CommitOutcome.APPLIED) {
            // Another replica was first, and it wrote the secret that counts.
            delete(file);
        } else if (generated) {
            LOG.warn("The catalog has no principals yet: the credential of the administrator is in {}", file);
        }
        return store.findPrincipalByName(NAME);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + file, e);
        }
    }
}
