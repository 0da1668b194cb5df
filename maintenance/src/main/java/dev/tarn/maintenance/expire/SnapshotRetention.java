package dev.tarn.maintenance.expire;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The rule which snapshots and refs stay: the <a
 * href="https://iceberg.apache.org/spec/#snapshot-retention-policy">retention policy</a> of the spec.
 *
 * @param expired snapshots that go, oldest first
 * @param removedRefs refs that go
 * @param keptRefs refs that stay
 */
record SnapshotRetention(List<Long> expired, List<String> removedRefs, List<String> keptRefs) {
    static SnapshotRetention of(Table table, ExpiryOptions options, Instant now) {
        Map<String, SnapshotRef> kept = keptRefs(table, now);
        List<String> removed = table.refs().keySet().stream()
                .filter(ref -> !kept.containsKey(ref))
                .sorted()
                .toList();
        Set<Long> expired =
                options.snapshotIds().isEmpty() ? byAge(table, options, now, kept) : byId(table, options, kept);
        List<Long> oldestFirst = new ArrayList<>(expired);
        oldestFirst.sort(Comparator.comparingLong(id -> table.snapshot(id).sequenceNumber()));
        return new SnapshotRetention(oldestFirst, removed, List.copyOf(kept.keySet()));
    }

    private static Map<String, SnapshotRef> keptRefs(Table table, Instant now) {
        long defaultMaxAge = PropertyUtil.propertyAsLong(
                table.properties(), TableProperties.MAX_REF_AGE_MS, TableProperties.MAX_REF_AGE_MS_DEFAULT);
        Map<String, SnapshotRef> kept = new TreeMap<>();
        table.refs().forEach((name, ref) -> {
            Snapshot snapshot = table.snapshot(ref.snapshotId());
            long maxAge = ref.maxRefAgeMs() == null ? defaultMaxAge : ref.maxRefAgeMs();
            boolean isYoung = snapshot != null && now.toEpochMilli() - snapshot.timestampMillis() <= maxAge;
            if (name.equals(SnapshotRef.MAIN_BRANCH) || isYoung) {
                kept.put(name, ref);
            }
        });
        return kept;
    }

    private static Set<Long> byId(Table table, ExpiryOptions options, Map<String, SnapshotRef> kept) {
        for (long id : options.snapshotIds()) {
            if (table.snapshot(id) == null) {
                throw new TarnException(
                        ErrorKind.NOT_FOUND,
                        "Cannot expire snapshot %d: %s does not have it".formatted(id, table.name()));
            }
            kept.forEach((name, ref) -> {
                if (ref.snapshotId() == id) {
                    throw new TarnException(
                            ErrorKind.REFUSED,
                            "Cannot expire snapshot %d of %s: the ref '%s' points at it; remove the ref first"
                                    .formatted(id, table.name(), name));
                }
            });
        }
        return options.snapshotIds();
    }

    private static Set<Long> byAge(Table table, ExpiryOptions options, Instant now, Map<String, SnapshotRef> kept) {
        long cutoff = now.minus(options.maxAge()).toEpochMilli();
        Set<Long> retained = new HashSet<>();
        Set<Long> onBranches = new HashSet<>();
        for (SnapshotRef ref : kept.values()) {
            retained.add(ref.snapshotId());
            if (ref.isBranch()) {
                retainOfBranch(table, ref, options.retainLast(), cutoff, now, retained, onBranches);
            } else {
                onBranches.add(ref.snapshotId());
            }
        }
        Set<Long> expired = new HashSet<>();
        for (Snapshot snapshot : table.snapshots()) {
            long id = snapshot.snapshotId();
            // A snapshot of no branch may be staged for review: it stays until it is old.
            boolean isYoungAndApart = !onBranches.contains(id) && snapshot.timestampMillis() >= cutoff;
            if (!retained.contains(id) && !isYoungAndApart) {
                expired.add(id);
            }
        }
        return expired;
    }

    private static void retainOfBranch(
            Table table,
            SnapshotRef branch,
            int retainLast,
            long cutoff,
            Instant now,
            Set<Long> retained,
            Set<Long> onBranches) {
        long branchCutoff = branch.maxSnapshotAgeMs() == null ? cutoff : now.toEpochMilli() - branch.maxSnapshotAgeMs();
        int keep = branch.minSnapshotsToKeep() == null ? retainLast : branch.minSnapshotsToKeep();
        int seen = 0;
        for (Snapshot snapshot : SnapshotUtil.ancestorsOf(branch.snapshotId(), table::snapshot)) {
            if (seen < keep || snapshot.timestampMillis() >= branchCutoff) {
                retained.add(snapshot.snapshotId());
            }
            onBranches.add(snapshot.snapshotId());
            seen++;
        }
    }
}
