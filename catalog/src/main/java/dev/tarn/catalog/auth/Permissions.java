package dev.tarn.catalog.auth;

import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.SecurableKind;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Everything that one caller was granted, by the thing it was granted on. Immutable, thread-safe. */
final class Permissions {
    /** Whether the catalog knows the caller. */
    enum Standing {
        /** It does. */
        ACTIVE,
        /** It does, and an administrator switched the caller off. */
        INACTIVE,
        /** It does not; only roles that the login brought count. */
        UNKNOWN
    }

    private final Standing standing;
    private final Map<Place, Set<Privilege>> granted = new HashMap<>();
    private final Set<String> warehousesWithObjects = new HashSet<>();

    private record Place(SecurableKind kind, String warehouseId, List<String> namespace, String objectId) {}

    Permissions(Standing standing, Collection<GrantRecord> grants, boolean isAdministrator) {
        this.standing = standing;
        grants.forEach(this::add);
        if (isAdministrator) {
            place(new Place(SecurableKind.SERVER, "", List.of(), ""), Privilege.SERVICE_ADMIN);
        }
    }

    Standing standing() {
        return standing;
    }

    int size() {
        return granted.size();
    }

    /** What this version does not know it cannot give either. */
    private void add(GrantRecord grant) {
        for (Privilege privilege : Privilege.values()) {
            if (privilege.name().equals(grant.privilege())) {
                place(new Place(grant.kind(), grant.warehouseId(), grant.namespace(), grant.objectId()), privilege);
                if (grant.kind() == SecurableKind.OBJECT) {
                    warehousesWithObjects.add(grant.warehouseId());
                }
            }
        }
    }

    private void place(Place place, Privilege privilege) {
        granted.computeIfAbsent(place, absent -> EnumSet.noneOf(Privilege.class))
                .add(privilege);
    }

    /**
     * Whether this may be done.
     *
     * @param warehouseId warehouse of the thing; empty for the server
     * @param objectId id of the table or view, empty if it does not exist; only asked for if it can matter
     */
    boolean allow(Privilege privilege, String warehouseId, Securable on, Supplier<String> objectId) {
        Set<Privilege> sufficient = privilege.grantedBy();
        if (holds(SecurableKind.SERVER, "", List.of(), "", sufficient)) {
            return true;
        }
        if (on.kind() == Securable.Kind.SERVER) {
            return false;
        }
        if (holds(SecurableKind.WAREHOUSE, warehouseId, List.of(), "", sufficient)) {
            return true;
        }
        for (int depth = 1; depth <= on.namespace().size(); depth++) {
            List<String> levels = on.namespace().subList(0, depth);
            if (holds(SecurableKind.NAMESPACE, warehouseId, levels, "", sufficient)) {
                return true;
            }
        }
        if (on.name().isEmpty() || !warehousesWithObjects.contains(warehouseId)) {
            return false;
        }
        String id = objectId.get();
        return !id.isEmpty() && holds(SecurableKind.OBJECT, warehouseId, List.of(), id, sufficient);
    }

    private boolean holds(
            SecurableKind kind,
            String warehouseId,
            List<String> namespace,
            String objectId,
            Set<Privilege> sufficient) {
        Set<Privilege> held = granted.get(new Place(kind, warehouseId, namespace, objectId));
        return held != null && !Collections.disjoint(held, sufficient);
    }
}
