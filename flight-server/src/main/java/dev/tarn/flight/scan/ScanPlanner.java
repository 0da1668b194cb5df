package dev.tarn.flight.scan;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.scan.cache.ScanCache;
import dev.tarn.flight.scan.cache.ScanCache.Wanted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.PropertyUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Plans the files of a pinned table with Iceberg, fetches them, loads their deletes and writes the relation that reads them.
 * Thread-safe.
 */
final class ScanPlanner {
    /** Data files of one table in one statement; each costs an entry in the statement's text. */
    private static final int MAX_FILES = 100_000;

    /** Highest row position in a file that has deletes: what a 32-bit bitmap can hold. */
    private static final long MAX_POSITION = 0xFFFF_FFFFL;

    private final ScanCache cache;
    private final LongSupplier setNumbers;

    ScanPlanner(ScanCache cache, LongSupplier setNumbers) {
        this.cache = cache;
        this.setNumbers = setNumbers;
    }

    /**
     * Plans and fetches. The caller closes the scan.
     *
     * @param fieldIds of the top-level columns that will be read; null for all
     * @throws TarnException UNSUPPORTED for file formats that the engine does not read, OVERLOADED, NOT_FOUND, CORRUPT
     */
    TableScan plan(PinnedTable pinned, Expression filter, @Nullable Set<Integer> fieldIds) {
        Long snapshotId = pinned.snapshotId();
        if (snapshotId == null) {
            return new TableScan(TableScan.emptyRelation(pinned), Map.of(), 0, 0, 0, null);
        }
        List<FileScanTask> tasks = tasks(pinned, snapshotId, filter);
        long bytes =
                tasks.stream().mapToLong(task -> task.file().fileSizeInBytes()).sum();
        long pruned = Math.max(0, totalFiles(pinned.table().snapshot(snapshotId)) - tasks.size());
        if (tasks.isEmpty()) {
            return new TableScan(TableScan.emptyRelation(pinned), Map.of(), 0, pruned, 0, null);
        }
        ScanCache.Lease lease = cache.acquire(pinned.table().io(), wanted(tasks, fieldIds));
        try {
            List<PlannedFile> files = new ArrayList<>();
            tasks.forEach(task -> files.add(planned(pinned, task, lease)));
            RelationWriter writer = new RelationWriter(pinned, lease, setNumbers);
            String relation = writer.write(files);
            return new TableScan(relation, writer.deletedRows(), tasks.size(), pruned, bytes, lease);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private static List<FileScanTask> tasks(PinnedTable pinned, long snapshotId, Expression filter) {
        Table table = pinned.table();
        org.apache.iceberg.TableScan scan = table.newScan();
        Snapshot current = table.currentSnapshot();
        boolean isCurrent = current != null && current.snapshotId() == snapshotId;
        boolean sameNames = pinned.schema().sameSchema(table.schema());
        if (!isCurrent || !sameNames) {
            scan = scan.useSnapshot(snapshotId);
            sameNames = pinned.schema().sameSchema(SnapshotUtil.schemaFor(table, snapshotId));
        }
        if (sameNames) {
            // A branch shows the table's newest names, which the snapshot that Iceberg plans may not know.
            scan = scan.filter(filter);
        }
        List<FileScanTask> tasks = new ArrayList<>();
        try (CloseableIterable<FileScanTask> planned = scan.planFiles()) {
            for (FileScanTask task : planned) {
                if (tasks.size() == MAX_FILES) {
                    throw new TarnException(
                            ErrorKind.UNSUPPORTED,
                            "The statement needs more than %d data files of table %s; select fewer or compact the table"
                                    .formatted(MAX_FILES, pinned.identifier()));
                }
                requireReadable(task.file());
                tasks.add(task);
            }
        } catch (NotFoundException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Metadata of table %s at snapshot %d no longer exists: %s"
                            .formatted(pinned.identifier(), snapshotId, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot plan table " + pinned.identifier(), e);
        }
        return tasks;
    }

    private static void requireReadable(ContentFile<?> file) {
        if (file.format() != FileFormat.PARQUET || file.keyMetadata() != null) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "This engine reads unencrypted Parquet files; %s is %s"
                            .formatted(file.location(), file.keyMetadata() != null ? "encrypted" : file.format()));
        }
    }

    private static long totalFiles(Snapshot snapshot) {
        return snapshot == null
                ? 0
                : PropertyUtil.propertyAsLong(snapshot.summary(), SnapshotSummary.TOTAL_DATA_FILES_PROP, 0);
    }

    private static List<Wanted> wanted(List<FileScanTask> tasks, @Nullable Set<Integer> fieldIds) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        for (FileScanTask task : tasks) {
            add(wanted, task.file(), withCompared(fieldIds, task.deletes()));
            for (DeleteFile delete : task.deletes()) {
                if (delete.content() == FileContent.EQUALITY_DELETES) {
                    requireReadable(delete);
                    add(wanted, delete, null);
                }
            }
        }
        return List.copyOf(wanted.values());
    }

    private static void add(Map<String, Wanted> wanted, ContentFile<?> file, @Nullable Set<Integer> fieldIds) {
        wanted.putIfAbsent(file.location(), new Wanted(file.location(), file.fileSizeInBytes(), fieldIds));
    }

    /** Columns that equality deletes compare are read, too. */
    private static @Nullable Set<Integer> withCompared(@Nullable Set<Integer> fieldIds, List<DeleteFile> deletes) {
        if (fieldIds == null) {
            return null;
        }
        Set<Integer> all = new HashSet<>(fieldIds);
        for (DeleteFile delete : deletes) {
            if (delete.content() == FileContent.EQUALITY_DELETES) {
                all.addAll(delete.equalityFieldIds());
            }
        }
        return all;
    }

    private static PlannedFile planned(PinnedTable pinned, FileScanTask task, ScanCache.Lease lease) {
        FooterFacts facts =
                FooterFacts.read(lease.path(task.file().location()), task.file().location());
        List<DeleteFile> positional = new ArrayList<>();
        List<DeleteFile> equality = new ArrayList<>();
        for (DeleteFile delete : task.deletes()) {
            if (delete.content() == FileContent.EQUALITY_DELETES) {
                requireFieldIds(delete, lease);
                equality.add(delete);
            } else {
                positional.add(delete);
            }
        }
        RoaringBitmap deleted = positional.isEmpty() ? null : positions(pinned, task, positional);
        return new PlannedFile(task.file(), facts, constants(task, facts), deleted, equality);
    }

    private static void requireFieldIds(DeleteFile delete, ScanCache.Lease lease) {
        FooterFacts facts = FooterFacts.read(lease.path(delete.location()), delete.location());
        if (!facts.fieldIds().containsAll(delete.equalityFieldIds())) {
            throw new TarnException(
                    ErrorKind.CORRUPT,
                    "The equality delete file %s lacks the field ids %s that its manifest names"
                            .formatted(delete.location(), delete.equalityFieldIds()));
        }
    }

    private static RoaringBitmap positions(PinnedTable pinned, FileScanTask task, List<DeleteFile> deletes) {
        BaseDeleteLoader loader =
                new BaseDeleteLoader(delete -> pinned.table().io().newInputFile(delete));
        PositionDeleteIndex index =
                loader.loadPositionDeletes(deletes, task.file().location());
        RoaringBitmap positions = new RoaringBitmap();
        index.forEach(position -> {
            if (position > MAX_POSITION) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "The data file %s has a deleted row at position %d; the limit is %d"
                                .formatted(task.file().location(), position, MAX_POSITION));
            }
            positions.add((int) position);
        });
        return positions;
    }

    /** Files that were imported from other table formats may hold their identity partition values in the metadata only. */
    private static Map<Integer, String> constants(FileScanTask task, FooterFacts facts) {
        PartitionSpec spec = task.spec();
        StructLike partition = task.file().partition();
        Map<Integer, String> constants = new HashMap<>();
        for (int i = 0; i < spec.fields().size(); i++) {
            PartitionField field = spec.fields().get(i);
            if (field.transform().isIdentity() && !facts.fieldIds().contains(field.sourceId())) {
                Type type = spec.partitionType().fields().get(i).type();
                Object value = partition.get(i, type.typeId().javaClass());
                if (value != null) {
                    constants.put(field.sourceId(), EngineTypes.text(type, value));
                }
            }
        }
        return constants;
    }
}
