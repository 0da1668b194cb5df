package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.ObjectKind;
import dev.tarn.catalog.store.ObjectRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logins by bearer token, and permissions by roles and grants. Thread-safe. */
final class RoleBasedAccess implements AccessControl {
    private static final Logger LOG = LoggerFactory.getLogger(RoleBasedAccess.class);

    private final Authenticator login;
    private final CallerPermissions permissions;
    private final AuditLog audit;

    RoleBasedAccess(Authenticator login, CallerPermissions permissions, AuditLog audit) {
        this.login = login;
        this.permissions = permissions;
        this.audit = audit;
    }

    @Override
    public Caller authenticate(Optional<String> authorization) {
        Caller caller = login.authenticate(authorization);
        if (!isIn(caller, permissions.of(caller))) {
            audit.record(caller.principal(), "authenticate", "", AuditLog.DENIED, Map.of());
            throw BearerHeader.unauthenticated("The token's principal does not exist any more or is not active");
        }
        return caller;
    }

    @Override
    public Optional<Caller> callerInMemory(Optional<String> authorization) {
        return login.callerInMemory(authorization)
                .filter(caller -> permissions
                        .inMemory(caller)
                        .filter(known -> isIn(caller, known))
                        .isPresent());
    }

    private static boolean isIn(Caller caller, Permissions known) {
        boolean isOurs = caller.principal().indexOf('#') < 0;
        return known.standing() == Permissions.Standing.ACTIVE
                || (!isOurs && known.standing() == Permissions.Standing.UNKNOWN);
    }

    @Override
    public Authorizer ofServer() {
        return new OfServer();
    }

    @Override
    public Authorizer ofWarehouse(String warehouseId, CatalogStore objects) {
        return new OfWarehouse(warehouseId, objects);
    }

    private ForbiddenException forbidden(Caller caller, Privilege privilege, String where, Securable on) {
        audit.record(
                caller.principal(), "authorize", where + on, AuditLog.DENIED, Map.of("privilege", privilege.name()));
        return new ForbiddenException(
                "Principal '%s' may not do this to %s: it needs %s, or %s does not exist",
                caller.principal(), on, privilege, on);
    }

    private final class OfServer implements Authorizer {
        @Override
        public boolean may(Caller caller, Privilege privilege, Securable on) {
            // Here no warehouse is known: only what holds for all of them counts.
            return permissions.of(caller).allow(privilege, "", Securable.server(), () -> "");
        }

        @Override
        public void require(Caller caller, Privilege privilege, Securable on) {
            if (!may(caller, privilege, on)) {
                throw forbidden(caller, privilege, "", on);
            }
        }
    }

    private final class OfWarehouse implements Authorizer {
        private final String warehouseId;
        private final CatalogStore objects;

        OfWarehouse(String warehouseId, CatalogStore objects) {
            this.warehouseId = warehouseId;
            this.objects = objects;
        }

        @Override
        public boolean may(Caller caller, Privilege privilege, Securable on) {
            return permissions
                    .of(caller)
                    .allow(
                            privilege,
                            warehouseId,
                            on,
                            () -> find(on).map(ObjectRecord::id).orElse(""));
        }

        @Override
        public boolean mayInMemory(Caller caller, Privilege privilege, Securable on) {
            return permissions
                    .inMemory(caller)
                    .filter(known -> known.allow(
                            privilege,
                            warehouseId,
                            on,
                            () -> objects.objectInMemory(on.namespace(), on.name(), kind(on))
                                    .map(ObjectRecord::id)
                                    .orElse("")))
                    .isPresent();
        }

        @Override
        public void noteHandedOut(Caller caller, String action, Securable on) {
            audit.record(caller.principal(), action, "warehouse/" + warehouseId + " " + on, AuditLog.ALLOWED, Map.of());
        }

        @Override
        public void require(Caller caller, Privilege privilege, Securable on) {
            if (may(caller, privilege, on)) {
                return;
            }
            if (mayKnow(caller, on)) {
                refuseMissing(on);
            }
            LOG.debug("{} lacks {} on {} in warehouse {}", caller.principal(), privilege, on, warehouseId);
            throw forbidden(caller, privilege, "warehouse " + warehouseId + ", ", on);
        }

        /** Whether the caller may list what lies beside a thing, and so knows anyway what exists there. */
        private boolean mayKnow(Caller caller, Securable on) {
            List<String> levels = on.namespace();
            return switch (on.kind()) {
                case SERVER, WAREHOUSE -> false;
                case NAMESPACE ->
                    may(caller, Privilege.NAMESPACE_LIST, Securable.namespace(levels.subList(0, levels.size() - 1)));
                case TABLE -> may(caller, Privilege.TABLE_LIST, Securable.namespace(levels));
                case VIEW -> may(caller, Privilege.VIEW_LIST, Securable.namespace(levels));
            };
        }

        private void refuseMissing(Securable on) {
            String shown = String.join(".", on.namespace());
            switch (on.kind()) {
                case SERVER, WAREHOUSE -> {
                    return;
                }
                case NAMESPACE -> {
                    if (objects.findNamespace(on.namespace()).isEmpty()) {
                        throw new NoSuchNamespaceException("Namespace does not exist: %s", shown);
                    }
                }
                case TABLE -> {
                    if (find(on).isEmpty()) {
                        throw new NoSuchTableException("Table does not exist: %s.%s", shown, on.name());
                    }
                }
                case VIEW -> {
                    if (find(on).isEmpty()) {
                        throw new NoSuchViewException("View does not exist: %s.%s", shown, on.name());
                    }
                }
            }
        }

        private Optional<ObjectRecord> find(Securable on) {
            return objects.findObject(on.namespace(), on.name(), kind(on));
        }

        private static ObjectKind kind(Securable on) {
            return on.kind() == Securable.Kind.VIEW ? ObjectKind.VIEW : ObjectKind.TABLE;
        }
    }
}
