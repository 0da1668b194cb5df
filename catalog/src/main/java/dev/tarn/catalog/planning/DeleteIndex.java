package dev.tarn.catalog.planning;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.types.Comparators;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PartitionMap;
import org.jspecify.annotations.Nullable;

/**
 * Which delete files apply to a data file, by the rules of <a
 * href="https://iceberg.apache.org/spec/#scan-planning">scan planning</a>: sequence number, partition, referenced file,
 * and for equality deletes the statistics of both files. Confined to one plan.
 */
final class DeleteIndex {
    private static final int PATH_ID = MetadataColumns.DELETE_FILE_PATH.fieldId();

    private final IntFunction<Types.@Nullable NestedField> fields;
    private final List<Entry> globalEquality = new ArrayList<>();
    private final PartitionMap<List<Entry>> equalityByPartition;
    private final PartitionMap<List<Entry>> positionsByPartition;
    private final Map<String, List<Entry>> positionsByPath = new HashMap<>();
    private final Map<String, Entry> vectorsByPath = new HashMap<>();

    /** A delete file: an entry of a delete manifest. Compared by identity. */
    static final class Entry {
        private final ManifestScan scan;
        private final int row;
        private final long sequence;

        Entry(ManifestScan scan, int row) {
            this.scan = scan;
            this.row = row;
            this.sequence = scan.rows().sequence(row);
        }

        ManifestScan scan() {
            return scan;
        }

        int row() {
            return row;
        }
    }

    /**
     * An empty index.
     *
     * @param fields the columns that the table ever had, by id
     */
    DeleteIndex(Map<Integer, PartitionSpec> specs, IntFunction<Types.@Nullable NestedField> fields) {
        this.fields = fields;
        this.equalityByPartition = PartitionMap.create(specs);
        this.positionsByPartition = PartitionMap.create(specs);
    }

    /** Adds the matching delete files of a manifest. {@link #sort} has to follow. */
    void add(ManifestScan deletes) {
        BitSet rows = deletes.matching();
        for (int row = rows.nextSetBit(0); row >= 0; row = rows.nextSetBit(row + 1)) {
            Entry entry = new Entry(deletes, row);
            if (deletes.columns().content(row) == FileContent.POSITION_DELETES) {
                addPositions(entry);
            } else if (deletes.columns().content(row) == FileContent.EQUALITY_DELETES) {
                addEquality(entry);
            } else {
                throw new CorruptManifestException("The delete manifest %s holds a data file"
                        .formatted(deletes.rows().manifest().path()));
            }
        }
    }

    /** Brings everything into the order of sequence numbers. */
    void sort() {
        Comparator<Entry> order = Comparator.comparingLong(entry -> entry.sequence);
        globalEquality.sort(order);
        equalityByPartition.values().forEach(entries -> entries.sort(order));
        positionsByPartition.values().forEach(entries -> entries.sort(order));
        positionsByPath.values().forEach(entries -> entries.sort(order));
    }

    /** The delete files that apply to a data file. */
    List<Entry> find(ManifestScan data, int row) {
        List<Entry> found = new ArrayList<>();
        long sequence = data.rows().sequence(row);
        int specId = data.rows().manifest().partitionSpecId();
        PartitionTuple partition = data.partition(row);
        addEqualities(globalEquality, data, row, sequence, found);
        addEqualities(equalityByPartition.get(specId, partition), data, row, sequence, found);
        boolean byPath = !vectorsByPath.isEmpty() || !positionsByPath.isEmpty();
        String path = byPath ? data.columns().path(row) : "";
        Entry vector = vectorsByPath.get(path);
        if (vector != null) {
            if (vector.sequence < sequence) {
                throw new CorruptManifestException(
                        "The deletion vector of %s is older than the file: its sequence number is %d, the file's %d"
                                .formatted(path, vector.sequence, sequence));
            }
            checkPartition(vector, data, row);
            found.add(vector);
            return found;
        }
        addPositions(positionsByPartition.get(specId, partition), sequence, found);
        List<Entry> ofFile = positionsByPath.get(path);
        int before = found.size();
        addPositions(ofFile, sequence, found);
        for (Entry entry : found.subList(before, found.size())) {
            checkPartition(entry, data, row);
        }
        return found;
    }

    private void addPositions(Entry entry) {
        ManifestColumns columns = entry.scan.columns();
        int row = entry.row;
        String referenced = referencedFile(columns, row);
        if (columns.format(row) == FileFormat.PUFFIN) {
            if (referenced == null) {
                throw new CorruptManifestException("A deletion vector does not name its data file");
            }
            if (vectorsByPath.putIfAbsent(referenced, entry) != null) {
                throw new CorruptManifestException("The file %s has several deletion vectors".formatted(referenced));
            }
        } else if (referenced != null) {
            positionsByPath
                    .computeIfAbsent(referenced, path -> new ArrayList<>())
                    .add(entry);
        } else {
            int specId = entry.scan.rows().manifest().partitionSpecId();
            positionsByPartition
                    .computeIfAbsent(specId, entry.scan.partition(row), ArrayList::new)
                    .add(entry);
        }
    }

    private void addEquality(Entry entry) {
        PartitionSpec spec = entry.scan.filter().spec();
        if (spec.isUnpartitioned()) {
            globalEquality.add(entry);
        } else {
            equalityByPartition
                    .computeIfAbsent(spec.specId(), entry.scan.partition(entry.row), ArrayList::new)
                    .add(entry);
        }
    }

    /** The one file that position deletes are for: named, or the only path within the bounds. */
    private static @Nullable String referencedFile(ManifestColumns columns, int row) {
        String named = columns.referencedFile(row);
        if (named != null) {
            return named;
        }
        ColumnStats paths = columns.stats(PATH_ID);
        BoundColumn lower = paths.lower();
        BoundColumn upper = paths.upper();
        if (lower == null || upper == null || !lower.has(row) || !upper.has(row)) {
            return null;
        }
        ByteBuffer value = lower.value(row);
        return value.equals(upper.value(row))
                ? StandardCharsets.UTF_8.decode(value).toString()
                : null;
    }

    private static void addPositions(@Nullable List<Entry> entries, long sequence, List<Entry> found) {
        if (entries == null) {
            return;
        }
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).sequence >= sequence; i--) {
            found.add(entries.get(i));
        }
    }

    private void addEqualities(
            @Nullable List<Entry> entries, ManifestScan data, int row, long sequence, List<Entry> found) {
        if (entries == null) {
            return;
        }
        // An equality delete never applies to files of its own commit.
        for (int i = entries.size() - 1; i >= 0 && entries.get(i).sequence > sequence; i--) {
            if (mayApply(entries.get(i), data, row)) {
                found.add(entries.get(i));
            }
        }
    }

    private boolean mayApply(Entry delete, ManifestScan data, int row) {
        List<Integer> ids = delete.scan.columns().equalityIds(delete.row);
        if (ids == null) {
            throw new CorruptManifestException("An equality delete file does not name its columns");
        }
        for (int id : ids) {
            Types.NestedField field = fields.apply(id);
            if (field == null) {
                throw new CorruptManifestException("An equality delete file names the unknown column " + id);
            }
            if (field.type().isPrimitiveType()
                    && excludes(
                            field,
                            delete.scan.columns().stats(id),
                            delete.row,
                            data.columns().stats(id),
                            row)) {
                return false;
            }
        }
        return true;
    }

    private static boolean excludes(
            Types.NestedField field, ColumnStats delete, int deleteRow, ColumnStats data, int dataRow) {
        boolean optional = field.isOptional();
        boolean dataMayHoldNulls = optional && data.mayHoldNulls(dataRow);
        boolean deleteMayHoldNulls = optional && delete.mayHoldNulls(deleteRow);
        if (dataMayHoldNulls && deleteMayHoldNulls) {
            return false;
        }
        if (optional && data.holdsNullsOnly(dataRow) && !deleteMayHoldNulls) {
            return true;
        }
        if (optional && delete.holdsNullsOnly(deleteRow) && !dataMayHoldNulls) {
            return true;
        }
        // Bounds decide only where all four are known.
        if (!isBounded(delete, deleteRow) || !isBounded(data, dataRow)) {
            return false;
        }
        Type.PrimitiveType type = field.type().asPrimitiveType();
        return isBelow(type, data.upper(), dataRow, delete.lower(), deleteRow)
                || isBelow(type, delete.upper(), deleteRow, data.lower(), dataRow);
    }

    private static boolean isBounded(ColumnStats stats, int row) {
        BoundColumn lower = stats.lower();
        BoundColumn upper = stats.upper();
        return lower != null && lower.has(row) && upper != null && upper.has(row);
    }

    private static boolean isBelow(
            Type.PrimitiveType type,
            @Nullable BoundColumn upper,
            int upperRow,
            @Nullable BoundColumn lower,
            int lowerRow) {
        if (upper == null || lower == null) {
            return false;
        }
        Object high = Conversions.fromByteBuffer(type, upper.value(upperRow));
        Object low = Conversions.fromByteBuffer(type, lower.value(lowerRow));
        return Comparators.<Object>forType(type).compare(high, low) < 0;
    }

    private static void checkPartition(Entry delete, ManifestScan data, int row) {
        int deleteSpec = delete.scan.rows().manifest().partitionSpecId();
        int dataSpec = data.rows().manifest().partitionSpecId();
        boolean same = deleteSpec == dataSpec
                && Comparators.forType(data.filter().partitionType())
                                .compare(delete.scan.partition(delete.row), data.partition(row))
                        == 0;
        if (!same) {
            throw new CorruptManifestException("The delete file %s is in another partition than its data file %s"
                    .formatted(
                            delete.scan.columns().path(delete.row),
                            data.columns().path(row)));
        }
    }
}
