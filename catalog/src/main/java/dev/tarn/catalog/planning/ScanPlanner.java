package dev.tarn.catalog.planning;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Plans scans: prunes manifests by the list, entries by partition and statistics, and attaches deletes, with the result
 * of Iceberg's {@code planFiles}. Manifests are decoded on the cache's threads, a few ahead of the one that is looked
 * at. Thread-safe; owns nothing it is given.
 */
final class ScanPlanner {
    /** Manifests that are decoded ahead; more would only fill memory. */
    private static final int MAX_AHEAD = 4 * Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Parts that one answer names; the last of them stands for all that follow. */
    private static final int MAX_PARTS = 10_000;

    private final FileIO io;
    private final ManifestCache cache;
    private final Predicate<String> allowed;
    private final int tasksPerPart;

    /**
     * A planner for tables of one warehouse.
     *
     * @param allowed whether a file may be read, or handed out for reading
     * @param tasksPerPart files in one answer
     */
    ScanPlanner(FileIO io, ManifestCache cache, Predicate<String> allowed, int tasksPerPart) {
        this.io = io;
        this.cache = cache;
        this.allowed = allowed;
        this.tasksPerPart = tasksPerPart;
    }

    /** The manifests of a scan: all data manifests in their order, and the delete manifests that matter. */
    record Manifests(List<ListedManifest> data, List<ListedManifest> deletes) {}

    /** Reads the manifest lists of a scan. */
    Manifests manifests(Scan scan, PlanDeadline deadline) {
        Map<String, ListedManifest> data = new LinkedHashMap<>();
        Map<String, ListedManifest> deletes = new LinkedHashMap<>();
        Set<Long> ids = scan.snapshots().stream().map(Snapshot::snapshotId).collect(Collectors.toSet());
        for (Snapshot snapshot : scan.snapshots()) {
            for (ListedManifest manifest : listing(snapshot, deadline).manifests()) {
                boolean isData = manifest.content() == ManifestContent.DATA;
                if (!scan.request().isIncremental()) {
                    (isData ? data : deletes).putIfAbsent(manifest.path(), manifest);
                } else if (isData && ids.contains(manifest.snapshotId())) {
                    data.putIfAbsent(manifest.path(), manifest);
                }
            }
        }
        return new Manifests(new ArrayList<>(data.values()), new ArrayList<>(deletes.values()));
    }

    /** Files in the manifests of a scan that are left after pruning and that nobody has decoded yet. */
    long filesToDecode(Scan scan, Manifests manifests) {
        long files = 0;
        for (List<ListedManifest> list : List.of(manifests.data(), manifests.deletes())) {
            for (ListedManifest manifest : list) {
                if (scan.filter(manifest.partitionSpecId()).mayMatch(manifest) && !cache.holds(manifest.path())) {
                    files += manifest.liveFiles();
                }
            }
        }
        return files;
    }

    /** Plans a part of a scan: its first files, and in which further parts the rest may be planned. */
    ScanPlan plan(Scan scan, Manifests manifests, ScanRange range, PlanDeadline deadline) {
        return new Run(scan, manifests, range, deadline).plan();
    }

    private ManifestListing listing(Snapshot snapshot, PlanDeadline deadline) {
        String location = snapshot.manifestListLocation();
        if (location == null || snapshot.keyId() != null) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Snapshot %d has %s; plan scans of this table in the client"
                            .formatted(
                                    snapshot.snapshotId(),
                                    location == null ? "no manifest list" : "an encrypted manifest list"));
        }
        checkAllowed(location, "manifest list");
        return deadline.await(cache.listing(io, location));
    }

    private void checkAllowed(String location, String what) {
        if (!allowed.test(location)) {
            throw new TarnException(
                    ErrorKind.FORBIDDEN, "The %s '%s' lies outside of the warehouse".formatted(what, location));
        }
    }

    private void checkFiles(ManifestColumns columns, BitSet rows) {
        if (!columns.hasDots() && !columns.pathPrefix().isEmpty() && allowed.test(columns.pathPrefix() + "-")) {
            return;
        }
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            checkAllowed(columns.path(row), "file");
        }
    }

    /** The state of one plan. */
    private final class Run {
        private final Scan scan;
        private final Manifests manifests;
        private final ScanRange range;
        private final PlanDeadline deadline;
        private final List<ScanPlan.Task> tasks = new ArrayList<>();
        private final List<ScanRange> rest = new ArrayList<>();
        private final Set<Long> appended;
        private @Nullable DeleteIndex deletes;
        private long rows;
        private int partManifest = -1;
        private int partRow;
        private int inPart;

        Run(Scan scan, Manifests manifests, ScanRange range, PlanDeadline deadline) {
            this.scan = scan;
            this.manifests = manifests;
            this.range = range;
            this.deadline = deadline;
            this.appended = scan.request().isIncremental()
                    ? scan.snapshots().stream().map(Snapshot::snapshotId).collect(Collectors.toSet())
                    : Set.of();
        }

        ScanPlan plan() {
            List<Integer> wanted = new ArrayList<>();
            int last = Math.min(range.toManifest(), manifests.data().size() - 1);
            for (int i = range.fromManifest(); i <= last; i++) {
                ListedManifest manifest = manifests.data().get(i);
                if (range.to(i, Integer.MAX_VALUE) > 0
                        && scan.filter(manifest.partitionSpecId()).mayMatch(manifest)) {
                    wanted.add(i);
                }
            }
            Ahead ahead = new Ahead(wanted.stream().map(manifests.data()::get).toList());
            for (int index : wanted) {
                if (!take(index, ahead.next())) {
                    return new ScanPlan(tasks, rest);
                }
            }
            endPart(range.toManifest(), range.toRow());
            return new ScanPlan(tasks, rest);
        }

        /** Takes the matching entries of a manifest; false once enough is planned. */
        private boolean take(int index, ManifestScan manifest) {
            BitSet matching = manifest.matching();
            int end = range.to(index, manifest.columns().rows());
            for (int row = matching.nextSetBit(range.from(index));
                    row >= 0 && row < end;
                    row = matching.nextSetBit(row + 1)) {
                if (scan.request().isIncremental() && !isAppended(manifest, row)) {
                    continue;
                }
                if (tasks.size() < tasksPerPart) {
                    if (!add(manifest, row)) {
                        return false;
                    }
                } else if (inPart == 0 || inPart == tasksPerPart) {
                    if (rest.size() == MAX_PARTS - 1) {
                        endPart(index, row);
                        rest.add(new ScanRange(index, row, range.toManifest(), range.toRow()));
                        return false;
                    }
                    beginPart(index, row);
                } else {
                    inPart++;
                }
            }
            return true;
        }

        private boolean add(ManifestScan manifest, int row) {
            List<DeleteIndex.Entry> applying = deletes().find(manifest, row);
            tasks.add(new ScanPlan.Task(manifest, row, applying));
            Long enough = scan.request().minRows();
            if (enough == null) {
                return true;
            }
            boolean everyRowMatches = manifest.residual(row).op() == Expression.Operation.TRUE && applying.isEmpty();
            rows += everyRowMatches ? Math.max(0, manifest.columns().records().get(row)) : 0;
            return rows < enough;
        }

        private void beginPart(int manifest, int row) {
            endPart(manifest, row);
            partManifest = manifest;
            partRow = row;
            inPart = 1;
        }

        private void endPart(int manifest, int row) {
            if (partManifest >= 0) {
                rest.add(new ScanRange(partManifest, partRow, manifest, row));
                partManifest = -1;
            }
        }

        private boolean isAppended(ManifestScan manifest, int row) {
            return manifest.columns().isAdded(row)
                    && appended.contains(manifest.rows().snapshotId(row));
        }

        private DeleteIndex deletes() {
            DeleteIndex known = deletes;
            if (known == null) {
                known = new DeleteIndex(scan.specs(), scan::field);
                List<ListedManifest> wanted = manifests.deletes().stream()
                        .filter(manifest ->
                                scan.filter(manifest.partitionSpecId()).mayMatch(manifest))
                        .toList();
                Ahead ahead = new Ahead(wanted);
                for (int i = 0; i < wanted.size(); i++) {
                    known.add(ahead.next());
                }
                known.sort();
                deletes = known;
            }
            return known;
        }

        /** Decoded manifests in order, some of them decoded while earlier ones are looked at. */
        private final class Ahead {
            private final List<ListedManifest> wanted;
            private final Deque<CompletableFuture<ManifestColumns>> running = new ArrayDeque<>();
            private int started;
            private int taken;

            Ahead(List<ListedManifest> wanted) {
                this.wanted = wanted;
            }

            ManifestScan next() {
                while (started < wanted.size() && running.size() < MAX_AHEAD) {
                    String path = wanted.get(started++).path();
                    checkAllowed(path, "manifest");
                    running.add(cache.manifest(io, path));
                }
                ListedManifest manifest = wanted.get(taken++);
                ManifestColumns columns = deadline.await(running.remove());
                ManifestScan next =
                        new ManifestScan(new ManifestRows(columns, manifest), scan.filter(manifest.partitionSpecId()));
                checkFiles(columns, next.matching());
                return next;
            }
        }
    }
}
