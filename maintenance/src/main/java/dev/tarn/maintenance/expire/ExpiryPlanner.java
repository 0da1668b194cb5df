package dev.tarn.maintenance.expire;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Instant;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;

/** Decides which snapshots are expired and which files that sets free; changes nothing. Thread-safe. */
public final class ExpiryPlanner {
    private ExpiryPlanner() {}

    /**
     * The plan for a table as it was last loaded. Reads manifest lists and manifests.
     *
     * @throws TarnException REFUSED if the table forbids deletion; CORRUPT or UNAVAILABLE if a file cannot be read
     */
    public static ExpiryPlan plan(Table table, ExpiryOptions options, Instant now) {
        refuseIfForbidden(table);
        SnapshotRetention retention = SnapshotRetention.of(table, options, now);
        return new ExpiryPlan(
                table.name(),
                retention.expired(),
                retention.removedRefs(),
                retention.keptRefs(),
                new ReachableFiles(table).onlyIn(Set.copyOf(retention.expired())));
    }

    static void refuseIfForbidden(Table table) {
        boolean mayDelete = PropertyUtil.propertyAsBoolean(
                table.properties(), TableProperties.GC_ENABLED, TableProperties.GC_ENABLED_DEFAULT);
        if (!mayDelete) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Cannot expire snapshots of %s: its property %s is false, because its files may belong to another"
                                    .formatted(table.name(), TableProperties.GC_ENABLED)
                            + " table; set it to true if they do not");
        }
    }
}
