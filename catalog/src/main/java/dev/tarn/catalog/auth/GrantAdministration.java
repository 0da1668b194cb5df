package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import dev.tarn.catalog.store.RoleRecord;
import dev.tarn.catalog.store.SecurableKind;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;

/**
 * Grants by the names that people use. They are kept by id where there is one, so that they follow a renamed table and never
 * fall to another one of the same name. Who manages the access of a warehouse grants on what lies in it; on the server only
 * its administrators do. Thread-safe.
 */
public final class GrantAdministration {
    private final AccessStore store;
    private final AccessAdministration administration;
    private final AccessControl control;
    private final GrantTargets targets;

    GrantAdministration(
            AccessStore store, AccessAdministration administration, AccessControl control, GrantTargets targets) {
        this.store = store;
        this.administration = administration;
        this.control = control;
        this.targets = targets;
    }

    /**
     * One grant.
     *
     * @param role name of the role that holds it
     * @param privilege what it may do, as it was granted
     * @param on on what; an object that is gone is named by its id
     */
    public record Grant(String role, String privilege, GrantTarget on) {}

    /** All grants of a role. */
    public List<Grant> grantsOf(String roleName) {
        RoleRecord role = administration.role(roleName);
        return store.grantsOf(List.of(role.id())).stream()
                .map(grant -> new Grant(roleName, grant.privilege(), target(grant)))
                .toList();
    }

    /** Gives a role a privilege. */
    public void grant(Caller caller, String roleName, String privilege, GrantTarget on) {
        GrantRecord grant = record(caller, roleName, privilege, on);
        AccessAdministration.done(
                "role/" + roleName,
                administration.attempt(
                        caller,
                        "create-grant",
                        "role/" + roleName,
                        Map.of("privilege", grant.privilege(), "on", on.toString()),
                        audit -> store.grant(grant, audit)));
    }

    /** Takes a privilege from a role. */
    public void revoke(Caller caller, String roleName, String privilege, GrantTarget on) {
        GrantRecord grant = record(caller, roleName, privilege, on);
        CommitOutcome outcome = administration.attempt(
                caller,
                "revoke-grant",
                "role/" + roleName,
                Map.of("privilege", grant.privilege(), "on", on.toString()),
                audit -> store.revoke(grant, audit));
        if (outcome == CommitOutcome.STALE) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Role '%s' was not granted %s on %s".formatted(roleName, grant.privilege(), on));
        }
        AccessAdministration.done("role/" + roleName, outcome);
    }

    private GrantRecord record(Caller caller, String roleName, String name, GrantTarget on) {
        Privilege privilege = privilege(name);
        boolean isObject = on.kind() == Securable.Kind.TABLE || on.kind() == Securable.Kind.VIEW;
        boolean tooDeep = on.kind().compareTo(privilege.innermost()) > 0;
        // Tables and views lie equally deep, but what is for the one is not for the other.
        if (isObject ? on.kind() != privilege.innermost() : tooDeep) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "%s is granted on a %s or what lies around it, and not on a %s"
                            .formatted(privilege, lower(privilege.innermost()), lower(on.kind())));
        }
        if (on.kind() == Securable.Kind.SERVER) {
            control.ofServer().require(caller, Privilege.SERVICE_ADMIN, Securable.server());
            return new GrantRecord(
                    administration.role(roleName).id(), privilege.name(), SecurableKind.SERVER, "", List.of(), "");
        }
        String warehouseId = targets.warehouseId(on.warehouse())
                .orElseThrow(() -> new NoSuchWarehouseException("Warehouse '%s' does not exist", on.warehouse()));
        CatalogStore objects = targets.objects(warehouseId);
        control.ofWarehouse(warehouseId, objects)
                .require(caller, Privilege.CATALOG_MANAGE_ACCESS, Securable.warehouse());
        String roleId = administration.role(roleName).id();
        return switch (on.kind()) {
            case SERVER, WAREHOUSE ->
                new GrantRecord(roleId, privilege.name(), SecurableKind.WAREHOUSE, warehouseId, List.of(), "");
            case NAMESPACE -> {
                if (objects.findNamespace(on.namespace()).isEmpty()) {
                    throw new NoSuchNamespaceException(
                            "Namespace does not exist: %s", String.join(".", on.namespace()));
                }
                yield new GrantRecord(
                        roleId, privilege.name(), SecurableKind.NAMESPACE, warehouseId, on.namespace(), "");
            }
            case TABLE, VIEW ->
                new GrantRecord(
                        roleId,
                        privilege.name(),
                        SecurableKind.OBJECT,
                        warehouseId,
                        List.of(),
                        find(objects, on).id());
        };
    }

    private static ObjectRecord find(CatalogStore objects, GrantTarget on) {
        if (on.kind() == Securable.Kind.TABLE) {
            return objects.findObject(on.namespace(), on.table(), ObjectKind.TABLE)
                    .orElseThrow(() -> new NoSuchTableException(
                            "Table does not exist: %s.%s", String.join(".", on.namespace()), on.table()));
        }
        return objects.findObject(on.namespace(), on.view(), ObjectKind.VIEW)
                .orElseThrow(() -> new NoSuchViewException(
                        "View does not exist: %s.%s", String.join(".", on.namespace()), on.view()));
    }

    private GrantTarget target(GrantRecord grant) {
        if (grant.kind() == SecurableKind.SERVER) {
            return new GrantTarget("", List.of(), "", "");
        }
        String warehouse = targets.warehouseName(grant.warehouseId()).orElse(grant.warehouseId());
        if (grant.kind() != SecurableKind.OBJECT) {
            return new GrantTarget(warehouse, grant.namespace(), "", "");
        }
        Optional<ObjectRecord> object = targets.object(grant.warehouseId(), grant.objectId());
        List<String> namespace = object.map(ObjectRecord::namespace).orElse(List.of("(dropped)"));
        String name = object.map(ObjectRecord::name).orElse(grant.objectId());
        boolean isView = object.isPresent() && object.get().kind() == ObjectKind.VIEW;
        return new GrantTarget(warehouse, namespace, isView ? "" : name, isView ? name : "");
    }

    private static Privilege privilege(String name) {
        String wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
        List<String> names =
                Arrays.stream(Privilege.values()).map(Privilege::name).toList();
        if (!names.contains(wanted)) {
            throw new TarnException(
                    ErrorKind.INVALID, "There is no privilege '%s'%s".formatted(name, NearestName.hint(wanted, names)));
        }
        return Privilege.valueOf(wanted);
    }

    private static String lower(Securable.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
