package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which source files a table has loaded. The history lies in properties of the table, one for each load, and is written by
 * the commit that adds the rows; so it is there exactly when the rows are, and outlives the snapshots. A load counts for a
 * branch if its snapshot is among the ancestors of the branch, or, once the snapshot has expired, if it was made there: a load
 * that was rolled back may be repeated. Pure functions over what a table object has loaded.
 */
public final class LoadHistory {
    /** Keys of the properties are this and the id of the load. */
    public static final String PROPERTY_PREFIX = "tarn.loads.";

    /** Summary key of the id of the load that a snapshot holds. */
    public static final String LOAD_ID_KEY = "tarn.load-id";

    /** Files that are remembered: about 1.1 MB of table metadata. Beyond, the oldest loads are forgotten. */
    public static final int MAX_FILES = 100_000;

    /** Loads whose snapshots have expired are folded into one when there are so many. */
    private static final int FOLD_EXPIRED = 32;

    /** Properties that a table spends on its history, folded ones included. */
    private static final int MAX_SEGMENTS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(LoadHistory.class);

    private LoadHistory() {}

    /**
     * One load, for people.
     *
     * @param at when it began; for several old loads together when the newest did
     * @param branch where the rows went
     * @param files how many files
     * @param snapshotId the snapshot with the rows; empty if it has expired or for several loads together
     * @param sources what was asked for, shortened
     */
    public record Load(Instant at, String branch, int files, OptionalLong snapshotId, String sources) {}

    /** All loads that are remembered, newest first. */
    public static List<Load> loads(Table table) {
        Map<String, Long> snapshots = snapshotsOfLoads(table);
        return segments(table).stream()
                .sorted(Comparator.comparing(LoadSegment::at).reversed())
                .map(segment -> new Load(
                        segment.at(),
                        segment.branch(),
                        segment.fingerprints().size(),
                        snapshots.containsKey(segment.id())
                                ? OptionalLong.of(snapshots.get(segment.id()))
                                : OptionalLong.empty(),
                        segment.sources()))
                .toList();
    }

    /** Those of some fingerprints that a branch has loaded, each with the time of the load. */
    public static Map<String, Instant> loadedBefore(Table table, String branch, Set<String> fingerprints) {
        Map<String, Instant> found = new HashMap<>();
        if (fingerprints.isEmpty()) {
            return found;
        }
        Map<String, Long> snapshots = snapshotsOfLoads(table);
        Set<Long> ancestors = ancestors(table, branch);
        for (LoadSegment segment : segments(table)) {
            Long snapshot = snapshots.get(segment.id());
            boolean counts = snapshot == null ? segment.branch().equals(branch) : ancestors.contains(snapshot);
            if (counts) {
                for (String fingerprint : segment.fingerprints()) {
                    if (fingerprints.contains(fingerprint)) {
                        found.merge(fingerprint, segment.at(), (one, other) -> one.isAfter(other) ? one : other);
                    }
                }
            }
        }
        return found;
    }

    /** What a commit does to the properties of a table. Segments are never changed, only replaced by ones that hold as much. */
    record Change(Map<String, String> set, Set<String> remove) {}

    /** What remembering a load does to the properties as they are now. */
    static Change remember(Table table, LoadSegment load) {
        List<LoadSegment> known = new ArrayList<>(segments(table));
        known.sort(Comparator.comparing(LoadSegment::at));
        Set<String> live = snapshotsOfLoads(table).keySet();
        Map<String, String> set = new HashMap<>();
        Set<String> remove = new HashSet<>();
        forget(known, load, remove);
        // Any order and number of loads at the same time leaves every file in some segment: each only takes away what
        // it has put
        // into a segment of its own.
        List<LoadSegment> foldable = foldable(known, live);
        foldable.stream().map(LoadSegment::branch).distinct().forEach(branch -> {
            List<LoadSegment> ofBranch = foldable.stream()
                    .filter(segment -> segment.branch().equals(branch))
                    .toList();
            if (ofBranch.size() > 1) {
                LoadSegment folded = fold(branch, ofBranch);
                set.put(PROPERTY_PREFIX + folded.id(), folded.encode());
                ofBranch.forEach(segment -> remove.add(PROPERTY_PREFIX + segment.id()));
            }
        });
        set.put(PROPERTY_PREFIX + load.id(), load.encode());
        return new Change(set, remove);
    }

    private static void forget(List<LoadSegment> oldestFirst, LoadSegment load, Set<String> remove) {
        long files = load.fingerprints().size();
        if (files > MAX_FILES) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "One load remembers at most %d files but has %d; load them in parts".formatted(MAX_FILES, files));
        }
        files += oldestFirst.stream()
                .mapToLong(segment -> segment.fingerprints().size())
                .sum();
        while (files > MAX_FILES && !oldestFirst.isEmpty()) {
            LoadSegment oldest = oldestFirst.remove(0);
            remove.add(PROPERTY_PREFIX + oldest.id());
            files -= oldest.fingerprints().size();
            LOG.warn(
                    "The load history is full: {} files that were loaded until {} are forgotten",
                    oldest.fingerprints().size(),
                    oldest.at());
        }
    }

    private static List<LoadSegment> foldable(List<LoadSegment> oldestFirst, Set<String> live) {
        List<LoadSegment> expired = oldestFirst.stream()
                .filter(segment -> !live.contains(segment.id()))
                .toList();
        if (oldestFirst.size() >= MAX_SEGMENTS) {
            return oldestFirst.subList(0, oldestFirst.size() / 2);
        }
        return expired.size() >= FOLD_EXPIRED ? expired : List.of();
    }

    private static LoadSegment fold(String branch, List<LoadSegment> segments) {
        Set<String> all = new HashSet<>();
        Instant newest = Instant.EPOCH;
        for (LoadSegment segment : segments) {
            all.addAll(segment.fingerprints());
            newest = segment.at().isAfter(newest) ? segment.at() : newest;
        }
        return new LoadSegment(UUID.randomUUID().toString(), newest, branch, "", all);
    }

    private static List<LoadSegment> segments(Table table) {
        List<LoadSegment> segments = new ArrayList<>();
        table.properties().forEach((key, value) -> {
            if (key.startsWith(PROPERTY_PREFIX)) {
                segments.add(LoadSegment.decode(key.substring(PROPERTY_PREFIX.length()), value)
                        .orElseThrow(() -> new TarnException(
                                ErrorKind.CORRUPT,
                                "Property %s of table %s holds no load history that this version can read; remove it to forget those files, or use the version that wrote it"
                                        .formatted(key, table.name()))));
            }
        });
        return segments;
    }

    private static Map<String, Long> snapshotsOfLoads(Table table) {
        Map<String, Long> found = new HashMap<>();
        for (Snapshot snapshot : table.snapshots()) {
            String load = snapshot.summary().get(LOAD_ID_KEY);
            if (load != null) {
                found.put(load, snapshot.snapshotId());
            }
        }
        return found;
    }

    private static Set<Long> ancestors(Table table, String branch) {
        Set<Long> ids = new HashSet<>();
        Snapshot head = table.snapshot(branch);
        if (head != null) {
            for (Snapshot snapshot : SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot)) {
                ids.add(snapshot.snapshotId());
            }
        }
        return ids;
    }
}
