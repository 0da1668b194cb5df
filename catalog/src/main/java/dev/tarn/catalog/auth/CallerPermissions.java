package dev.tarn.catalog.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.catalog.store.AccessStore;
import dev.tarn.catalog.store.GrantRecord;
import dev.tarn.catalog.store.PrincipalRecord;
import dev.tarn.catalog.store.RoleRecord;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The permissions of callers, remembered until something about principals, roles or grants changes. A change through this
 * server counts at once, one through another replica within a second. Thread-safe.
 */
final class CallerPermissions {
    private static final Duration TRUSTED = Duration.ofSeconds(1);

    /** Grants that are remembered, over all callers; each takes about two hundred bytes. */
    private static final long MAX_GRANTS = 200_000;

    private final AccessStore store;
    private final Set<String> administrators;
    private final Cache<Key, Permissions> remembered = Caffeine.newBuilder()
            .maximumWeight(MAX_GRANTS)
            .weigher((Key key, Permissions permissions) -> 1 + permissions.size())
            .build();
    private volatile Revision revision = new Revision(-1, 0);

    private record Key(Caller caller, long revision) {}

    private record Revision(long number, long readAtNanos) {
        boolean isFresh() {
            return number >= 0 && System.nanoTime() - readAtNanos < TRUSTED.toNanos();
        }
    }

    CallerPermissions(AccessStore store, List<String> administrators) {
        this.store = store;
        this.administrators = Set.copyOf(administrators);
    }

    Permissions of(Caller caller) {
        Revision current = revision;
        if (!current.isFresh()) {
            // Read before the permissions: what changes in between is only read too early, never too late.
            current = new Revision(store.revision(), System.nanoTime());
            revision = current;
        }
        return remembered.get(new Key(caller, current.number()), key -> load(key.caller()));
    }

    /** What is known for certain without asking the store; absent once a second, so that somebody asks it. */
    Optional<Permissions> inMemory(Caller caller) {
        Revision current = revision;
        return current.isFresh()
                ? Optional.ofNullable(remembered.getIfPresent(new Key(caller, current.number())))
                : Optional.empty();
    }

    /** To be called after a change: the next question asks the store. */
    void changed() {
        revision = new Revision(-1, 0);
    }

    private Permissions load(Caller caller) {
        Optional<PrincipalRecord> principal = store.findPrincipalByClientId(caller.principal());
        boolean isAdministrator = administrators.contains(caller.principal());
        if (principal.isPresent() && !principal.get().active()) {
            return new Permissions(Permissions.Standing.INACTIVE, List.of(), false);
        }
        Set<String> roles = new LinkedHashSet<>();
        principal.ifPresent(known -> store.rolesOf(known.id()).forEach(role -> roles.add(role.id())));
        for (String name : caller.roles()) {
            store.findRoleByName(name).map(RoleRecord::id).ifPresent(roles::add);
        }
        List<GrantRecord> grants = store.grantsOf(roles);
        Permissions.Standing standing =
                principal.isPresent() ? Permissions.Standing.ACTIVE : Permissions.Standing.UNKNOWN;
        return new Permissions(standing, grants, isAdministrator);
    }
}
