package dev.tarn.catalog.warehouse;

import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.WarehouseStore;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;
import dev.tarn.storage.WarehouseProbe;
import dev.tarn.storage.WarehouseUri;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchWarehouseException;

/** Makes, changes and drops warehouses. Thread-safe. Owns nothing it is given. */
public final class WarehouseService {
    /** Id and name of the warehouse that the server's settings name. */
    public static final String DEFAULT = "default";

    /** Every new one is compared with all others. */
    private static final int MAX_WAREHOUSES = 10_000;

    private static final int MAX_ROUNDS = 8;

    private final WarehouseStore store;
    private final OpenWarehouses open;
    private final SecretBox secrets;
    private final WarehouseUri serverWarehouse;
    private final S3Settings serverS3;
    private final Clock clock;

    /**
     * The administration of the warehouses of one server.
     *
     * @param serverWarehouse the warehouse that the server's settings name
     * @param serverS3 how stores are reached of warehouses that say nothing else
     */
    public WarehouseService(
            WarehouseStore store,
            OpenWarehouses open,
            SecretBox secrets,
            WarehouseUri serverWarehouse,
            S3Settings serverS3,
            Clock clock) {
        this.store = store;
        this.open = open;
        this.secrets = secrets;
        this.serverWarehouse = serverWarehouse;
        this.serverS3 = serverS3;
        this.clock = clock;
    }

    /**
     * What is to be changed.
     *
     * @param updates properties to set
     * @param removals properties to remove
     * @param active whether the warehouse takes requests; absent to leave that
     * @param expectedVersion the version that the caller saw; absent for any
     */
    public record Alteration(
            Map<String, String> updates,
            Collection<String> removals,
            Optional<Boolean> active,
            OptionalLong expectedVersion) {
        /** Refuses a key that is both set and removed. */
        public Alteration {
            updates = Map.copyOf(updates);
            removals = List.copyOf(removals);
            for (String key : removals) {
                if (updates.containsKey(key)) {
                    throw new TarnException(
                            ErrorKind.INVALID, "Property '%s' is both removed and updated".formatted(key));
                }
            }
        }
    }

    /** Warehouses in the order of their names. */
    public List<WarehouseRecord> list(String afterName, int limit) {
        return store.list(afterName, limit);
    }

    /**
     * A warehouse by its name.
     *
     * @throws NoSuchWarehouseException if there is none
     */
    public WarehouseRecord load(String name) {
        return store.find(name).orElseThrow(() -> missing(name));
    }

    /**
     * Makes a warehouse, after asking its store for one key.
     *
     * @throws TarnException INVALID for a bad name, location or property; ALREADY_EXISTS if name or location is in use
     */
    public synchronized WarehouseRecord create(
            String name, String location, Map<String, String> properties, String principal) {
        WarehouseName checkedName = new WarehouseName(name);
        WarehouseUri uri = WarehouseUri.parse(location);
        if (!uri.isS3() && serverWarehouse.isS3()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    ("Warehouse '%s' must be on S3 since the server's own is; folders of the server's disk can be"
                                    + " warehouses only where the server's own is one")
                            .formatted(name));
        }
        refuseHidden(properties);
        WarehouseProperties read = WarehouseProperties.read(properties);
        refuseOverlap(name, uri);
        WarehouseProbe.check(uri, read.ownS3().orElse(serverS3));
        String id = UUID.randomUUID().toString();
        WarehouseRecord record =
                new WarehouseRecord(id, checkedName.value(), uri.value(), sealed(id, properties), true, 1);
        CommitOutcome outcome =
                store.create(record, audit(principal, "create-warehouse", name, Map.of("location", uri.value())));
        if (outcome == CommitOutcome.NAME_TAKEN) {
            throw new TarnException(
                    ErrorKind.ALREADY_EXISTS, "Warehouse '%s' exists already; choose another name".formatted(name));
        }
        try {
            refuseOverlap(name, uri);
        } catch (TarnException e) {
            // Another server made one at the same place at the same time: at least one of the two gives way.
            store.drop(id, 1, audit(principal, "drop-warehouse", name, Map.of()));
            throw e;
        }
        return record;
    }

    /**
     * Changes properties of a warehouse, or whether it takes requests.
     *
     * @throws NoSuchWarehouseException if there is none
     * @throws TarnException INVALID for a bad property, CONFLICT if it has another version than expected
     */
    public WarehouseRecord alter(String name, Alteration alteration, String principal) {
        refuseHidden(alteration.updates());
        for (int round = 0; round < MAX_ROUNDS; round++) {
            WarehouseRecord current = load(name);
            refuseStale(current, alteration.expectedVersion());
            Map<String, String> next = new HashMap<>(current.properties());
            alteration.removals().forEach(next::remove);
            next.putAll(alteration.updates());
            WarehouseProperties read = WarehouseProperties.read(opened(current.id(), next));
            if (!read.ownS3()
                    .equals(WarehouseProperties.read(opened(current.id(), current.properties()))
                            .ownS3())) {
                WarehouseProbe.check(
                        WarehouseUri.parse(current.location()), read.ownS3().orElse(serverS3));
            }
            WarehouseRecord replacement = new WarehouseRecord(
                    current.id(),
                    current.name(),
                    current.location(),
                    sealed(current.id(), next),
                    alteration.active().orElse(current.active()),
                    current.version());
            String keys = String.join(",", new TreeSet<>(alteration.updates().keySet()));
            String removed = String.join(",", new TreeSet<>(alteration.removals()));
            CommitOutcome outcome = store.replace(
                    replacement,
                    audit(
                            principal,
                            "alter-warehouse",
                            name,
                            Map.of("updated", keys, "removed", removed, "active", "" + replacement.active())));
            open.forget(current.id());
            if (outcome == CommitOutcome.APPLIED) {
                return new WarehouseRecord(
                        current.id(),
                        current.name(),
                        current.location(),
                        replacement.properties(),
                        replacement.active(),
                        current.version() + 1);
            }
        }
        throw new TarnException(
                ErrorKind.CONFLICT, "Too many concurrent changes of warehouse '%s'; try again".formatted(name));
    }

    /**
     * Drops an empty warehouse; its folder or prefix stays.
     *
     * @throws NoSuchWarehouseException if there is none
     * @throws ForbiddenException if it is protected, or the one of the server's settings
     * @throws TarnException CONFLICT if it is not empty, or has another version than expected
     */
    public void drop(String name, OptionalLong expectedVersion, String principal) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            WarehouseRecord current = load(name);
            refuseStale(current, expectedVersion);
            if (current.id().equals(DEFAULT)) {
                throw new ForbiddenException(
                        "Warehouse '%s' is named in the server's settings and cannot be dropped; deactivate it", name);
            }
            if (WarehouseProperties.read(current.properties()).policies().isProtected()) {
                throw new ForbiddenException(
                        "Warehouse '%s' is protected; 'tarn warehouse alter %s --remove protected' lifts the protection",
                        name, name);
            }
            CommitOutcome outcome =
                    store.drop(current.id(), current.version(), audit(principal, "drop-warehouse", name, Map.of()));
            switch (outcome) {
                case APPLIED -> {
                    open.forget(current.id());
                    return;
                }
                case STALE -> {
                    continue;
                }
                case WAREHOUSE_NOT_EMPTY ->
                    throw new TarnException(
                            ErrorKind.CONFLICT,
                            ("Warehouse '%s' is not empty: drop its namespaces, and wait for dropped objects and purges;"
                                            + " 'tarn table deleted' lists what waits")
                                    .formatted(name));
                case NAME_TAKEN, NAMESPACE_MISSING, NAMESPACE_NOT_EMPTY, KEY_TAKEN, LOCATION_TAKEN ->
                    throw new IllegalStateException("Impossible for a warehouse: " + outcome);
            }
        }
        throw new TarnException(
                ErrorKind.CONFLICT, "Too many concurrent changes of warehouse '%s'; try again".formatted(name));
    }

    private static NoSuchWarehouseException missing(String name) {
        return new NoSuchWarehouseException(
                "Warehouse '%s' does not exist; 'tarn warehouse list' shows those that do", name);
    }

    private static void refuseStale(WarehouseRecord current, OptionalLong expectedVersion) {
        if (expectedVersion.isPresent() && expectedVersion.getAsLong() != current.version()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Warehouse '%s' has version %d but %d was expected; describe it and decide anew"
                            .formatted(current.name(), current.version(), expectedVersion.getAsLong()));
        }
    }

    /** A value as it is shown or stored must not become the secret. */
    private static void refuseHidden(Map<String, String> properties) {
        properties.forEach((key, value) -> {
            boolean hidden = WarehouseProperties.SECRETS.contains(key) && value.equals(WarehouseProperties.HIDDEN);
            if (hidden || SecretBox.isSealed(value)) {
                throw new TarnException(ErrorKind.INVALID, "Property '%s' must be the value itself".formatted(key));
            }
        });
    }

    /** Two warehouses at one place would purge each other's files. */
    private void refuseOverlap(String name, WarehouseUri location) {
        String folder = location.value() + "/";
        String after = "";
        int count = 0;
        while (true) {
            List<WarehouseRecord> page = store.list(after, 500);
            for (WarehouseRecord other : page) {
                String theirs = other.location() + "/";
                if (!other.name().equals(name) && (theirs.startsWith(folder) || folder.startsWith(theirs))) {
                    throw new TarnException(
                            ErrorKind.ALREADY_EXISTS,
                            "Location %s overlaps with warehouse '%s' at %s; choose another one"
                                    .formatted(location, other.name(), other.location()));
                }
            }
            count += page.size();
            if (count > MAX_WAREHOUSES) {
                throw new TarnException(
                        ErrorKind.REFUSED, "A server may have at most %d warehouses".formatted(MAX_WAREHOUSES));
            }
            if (page.size() < 500) {
                return;
            }
            after = page.get(page.size() - 1).name();
        }
    }

    private Map<String, String> sealed(String id, Map<String, String> properties) {
        Map<String, String> sealed = new HashMap<>(properties);
        sealed.replaceAll((key, value) -> WarehouseProperties.SECRETS.contains(key) && !SecretBox.isSealed(value)
                ? secrets.seal(value, OpenWarehouses.place(id, key))
                : value);
        return sealed;
    }

    private Map<String, String> opened(String id, Map<String, String> properties) {
        Map<String, String> opened = new HashMap<>(properties);
        opened.replaceAll(
                (key, value) -> SecretBox.isSealed(value) ? secrets.open(value, OpenWarehouses.place(id, key)) : value);
        return opened;
    }

    private AuditRecord audit(String principal, String action, String name, Map<String, String> details) {
        return new AuditRecord(principal, action, "warehouse/" + name, "allowed", clock.instant(), details);
    }
}
