package dev.tarn.catalog.commit;

import dev.tarn.catalog.bytes.Pieces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;

/**
 * The JSON of table metadata in pieces. The two lists that grow with every commit are cut into chunks that know which
 * objects they hold; the next version takes over every chunk whose objects are still there, in the same order, and only
 * the rest is serialised. All bytes come from Iceberg's own parser, so that whatever it learns to write is written.
 * Immutable, thread-safe.
 */
public final class MetadataJson {
    private static final String SNAPSHOTS = "snapshots";
    private static final String SNAPSHOT_LOG = "snapshot-log";

    /** About 40 KB: small enough to be rewritten with every commit, large enough to compress well. */
    private static final int SNAPSHOTS_PER_CHUNK = 64;

    /** About as many bytes; an entry is a time and an id. */
    private static final int LOG_ENTRIES_PER_CHUNK = 512;

    private final Pieces pieces;
    private final ChunkedList snapshots;
    private final ChunkedList log;

    private MetadataJson(Pieces pieces, ChunkedList snapshots, ChunkedList log) {
        this.pieces = pieces;
        this.snapshots = snapshots;
        this.log = log;
    }

    /** JSON that came from elsewhere as bytes: nothing of it can be taken over. */
    public static MetadataJson of(byte[] json) {
        return new MetadataJson(
                Pieces.of(json), ChunkedList.empty(SNAPSHOTS_PER_CHUNK), ChunkedList.empty(LOG_ENTRIES_PER_CHUNK));
    }

    /** The JSON of metadata from nothing. */
    public static MetadataJson of(TableMetadata metadata) {
        return of(new byte[0]).next(metadata);
    }

    /** The JSON of a later version, which shares with this one what is the same. */
    public MetadataJson next(TableMetadata metadata) {
        return write(metadata, snapshots.plan(metadata.snapshots()), log.plan(metadata.snapshotLog()), any -> true);
    }

    /**
     * The same version with only those snapshots that a branch or tag points at. The log stays whole: it is what clients
     * find the snapshot of a time by.
     *
     * @param metadata what this JSON says
     */
    public MetadataJson referencedOnly(TableMetadata metadata) {
        Set<Long> referenced = new HashSet<>();
        metadata.refs().values().forEach(ref -> referenced.add(ref.snapshotId()));
        return write(
                metadata,
                ChunkedList.empty(SNAPSHOTS_PER_CHUNK).plan(metadata.snapshots()),
                log.plan(metadata.snapshotLog()),
                snapshot -> referenced.contains(((Snapshot) snapshot).snapshotId()));
    }

    /** The bytes. */
    public Pieces pieces() {
        return pieces;
    }

    private static MetadataJson write(
            TableMetadata metadata, ChunkedList.Plan snapshots, ChunkedList.Plan log, Predicate<Object> keptSnapshots) {
        ChunkedList.Writer snapshotWriter = snapshots.writer(keptSnapshots);
        ChunkedList.Writer logWriter = log.writer(any -> true);
        try {
            SplicingGenerator generator =
                    new SplicingGenerator(Map.of(SNAPSHOTS, snapshotWriter, SNAPSHOT_LOG, logWriter));
            TableMetadataParser.toJson(metadata, generator);
            return new MetadataJson(generator.finish(), snapshotWriter.written(), logWriter.written());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
        }
    }
}
