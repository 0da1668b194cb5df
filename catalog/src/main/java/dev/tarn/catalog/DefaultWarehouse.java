package dev.tarn.catalog;

import dev.tarn.catalog.store.AuditRecord;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.WarehouseRecord;
import dev.tarn.catalog.store.WarehouseStore;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.storage.WarehouseUri;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The warehouse that the settings of a server name: it is there as soon as the server is. */
final class DefaultWarehouse {
    private static final String NAME = "default";

    /** Several replicas may begin at once; each round that fails is one in which another one came first. */
    private static final int MAX_ROUNDS = 8;

    private DefaultWarehouse() {}

    /**
     * The record of the default warehouse, made if there is none.
     *
     * @throws TarnException INVALID if it is elsewhere than the settings say
     */
    static WarehouseRecord ensure(WarehouseStore warehouses, WarehouseUri location, Instant now) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Optional<WarehouseRecord> found = warehouses.find(NAME);
            if (found.isPresent() && found.get().location().equals(location.value())) {
                return found.get();
            }
            // Whoever came first: the next round sees what is there.
            CommitOutcome unused = found.isEmpty()
                    ? create(warehouses, location, now)
                    : locate(warehouses, found.get(), location, now);
        }
        throw new TarnException(
                ErrorKind.CONFLICT, "The default warehouse is changed by others all the time; start again");
    }

    private static CommitOutcome create(WarehouseStore warehouses, WarehouseUri location, Instant now) {
        WarehouseRecord made = new WarehouseRecord(NAME, NAME, location.value(), Map.of(), true, 1);
        return warehouses.create(made, audit("create-warehouse", location, now));
    }

    /** A catalog of the first version knew no location. */
    private static CommitOutcome locate(
            WarehouseStore warehouses, WarehouseRecord found, WarehouseUri location, Instant now) {
        if (!found.location().isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The default warehouse of this catalog is at %s but the setting 'server.warehouse' says %s; set it back, or use another data folder"
                            .formatted(found.location(), location));
        }
        WarehouseRecord located = new WarehouseRecord(
                found.id(), found.name(), location.value(), found.properties(), found.active(), found.version());
        return warehouses.replace(located, audit("locate-warehouse", location, now));
    }

    private static AuditRecord audit(String action, WarehouseUri location, Instant now) {
        return new AuditRecord(
                "system", action, "warehouse/" + NAME, "allowed", now, Map.of("location", location.value()));
    }
}
