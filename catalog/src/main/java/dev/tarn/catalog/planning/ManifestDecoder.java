package dev.tarn.catalog.planning;

import dev.tarn.catalog.planning.AvroType.Field;
import dev.tarn.catalog.planning.AvroType.Kind;
import dev.tarn.common.TarnException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a manifest into columns, by the field ids of the <a
 * href="https://iceberg.apache.org/spec/#manifests">specification</a>, straight from Avro's bytes: no object per file.
 * Confined to one thread and one manifest.
 */
final class ManifestDecoder {
    /** Decoded columns take less than the inflated file; this many times the file are allowed while they are built. */
    private static final int MAX_MEMORY_OF_LIMIT = 8;

    private final Allocation allocation;
    private final LongColumn.Builder status;
    private final LongColumn.Builder snapshotId;
    private final LongColumn.Builder sequence;
    private final LongColumn.Builder content;
    private final LongColumn.Builder format;
    private final LongColumn.Builder partition;
    private final LongColumn.Builder records;
    private final LongColumn.Builder fileSize;
    private final LongColumn.Builder sortOrder;
    private final LongColumn.Builder firstRowId;
    private final LongColumn.Builder contentOffset;
    private final LongColumn.Builder contentSize;
    private final ListColumn.Builder splitOffsets;
    private final ListColumn.Builder equalityIds;
    private final BytesColumn.Builder keyMetadata;
    private final BytesColumn.Builder referencedFile;
    private final BytesColumn.Builder paths;
    private final List<FileFormat> formats = new ArrayList<>();
    private final Map<List<@Nullable Object>, Integer> tuples = new HashMap<>();
    private final StatsBuilders stats;
    private int[] partitionFields = {};
    private int row;

    private ManifestDecoder(long maxMemory) {
        this.allocation = new Allocation(maxMemory);
        this.status = new LongColumn.Builder(allocation);
        this.snapshotId = new LongColumn.Builder(allocation);
        this.sequence = new LongColumn.Builder(allocation);
        this.content = new LongColumn.Builder(allocation);
        this.format = new LongColumn.Builder(allocation);
        this.partition = new LongColumn.Builder(allocation);
        this.records = new LongColumn.Builder(allocation);
        this.fileSize = new LongColumn.Builder(allocation);
        this.sortOrder = new LongColumn.Builder(allocation);
        this.firstRowId = new LongColumn.Builder(allocation);
        this.contentOffset = new LongColumn.Builder(allocation);
        this.contentSize = new LongColumn.Builder(allocation);
        this.splitOffsets = new ListColumn.Builder(allocation);
        this.equalityIds = new ListColumn.Builder(allocation);
        this.keyMetadata = new BytesColumn.Builder(allocation);
        this.referencedFile = new BytesColumn.Builder(allocation);
        this.paths = new BytesColumn.Builder(allocation);
        this.stats = new StatsBuilders(allocation);
    }

    /**
     * Reads and decodes a manifest.
     *
     * @param maxBytes larger files are refused, and so are those that need several times as much memory
     */
    static ManifestColumns decode(FileIO io, String location, long maxBytes) {
        AvroFile file = AvroFile.read(io, location, maxBytes);
        ManifestDecoder decoder = new ManifestDecoder(maxBytes * MAX_MEMORY_OF_LIMIT);
        file.forEachRecord(in -> decoder.readEntry(file.schema(), in));
        try {
            return decoder.build();
        } catch (CorruptManifestException e) {
            throw new TarnException(e.kind(), "Cannot read %s: %s".formatted(location, e.getMessage()), e);
        }
    }

    private void readEntry(AvroType entry, AvroInput in) {
        allocation.add(1); // Entries of no bytes are bounded too.
        for (Field field : entry.fields()) {
            AvroType type = field.type().branch(in);
            if (type.kind() == Kind.NULL) {
                in.countEmpty();
                continue;
            }
            switch (field.id()) {
                case 0 -> status.set(row, number(type, in));
                case 1 -> snapshotId.set(row, number(type, in));
                case 3 -> sequence.set(row, number(type, in));
                case 2 -> readFile(type, in);
                default -> type.skip(in);
            }
        }
        row++;
    }

    private void readFile(AvroType file, AvroInput in) {
        for (Field field : file.fields()) {
            AvroType type = field.type().branch(in);
            if (type.kind() == Kind.NULL) {
                in.countEmpty();
                continue;
            }
            switch (field.id()) {
                case 134 -> content.set(row, Math.min(3, Math.max(-1, number(type, in))));
                case 100 -> text(paths, type, in);
                case 101 -> format.set(row, format(type, in));
                case 102 -> readPartition(type, in);
                case 103 -> records.set(row, number(type, in));
                case 104 -> fileSize.set(row, number(type, in));
                case 108 -> stats.readCounts(StatsBuilders.Count.SIZES, row, type, in);
                case 109 -> stats.readCounts(StatsBuilders.Count.VALUES, row, type, in);
                case 110 -> stats.readCounts(StatsBuilders.Count.NULLS, row, type, in);
                case 137 -> stats.readCounts(StatsBuilders.Count.NANS, row, type, in);
                case 125 -> stats.readBounds(StatsBuilders.Bound.LOWER, row, type, in);
                case 128 -> stats.readBounds(StatsBuilders.Bound.UPPER, row, type, in);
                case 131 -> text(keyMetadata, type, in);
                case 132 -> readList(splitOffsets, type, in);
                case 135 -> readList(equalityIds, type, in);
                case 140 -> sortOrder.set(row, number(type, in));
                case 142 -> firstRowId.set(row, number(type, in));
                case 143 -> text(referencedFile, type, in);
                case 144 -> contentOffset.set(row, number(type, in));
                case 145 -> contentSize.set(row, number(type, in));
                default -> type.skip(in);
            }
        }
    }

    private void readPartition(AvroType type, AvroInput in) {
        require(type, Kind.RECORD);
        if (partitionFields.length != type.fields().size()) {
            partitionFields = type.fields().stream().mapToInt(Field::id).toArray();
        }
        @Nullable Object[] tuple = new @Nullable Object[partitionFields.length];
        for (int i = 0; i < tuple.length; i++) {
            tuple[i] = value(type.fields().get(i).type().branch(in), in);
        }
        List<@Nullable Object> key = Arrays.asList(tuple);
        Integer known = tuples.get(key);
        if (known == null) {
            allocation.add(64 + 32L * tuple.length);
            known = tuples.size();
            tuples.put(key, known);
        }
        partition.set(row, known);
    }

    private @Nullable Object value(AvroType type, AvroInput in) {
        return switch (type.kind()) {
            case NULL -> {
                in.countEmpty();
                yield null;
            }
            case BOOLEAN -> in.readBoolean();
            case INT, LONG -> in.readLong();
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case STRING -> new String(copy(in.readLength(), in), StandardCharsets.UTF_8);
            case BYTES -> ByteBuffer.wrap(copy(in.readLength(), in));
            case FIXED -> ByteBuffer.wrap(copy(type.size(), in));
            case ENUM, RECORD, ARRAY, MAP, UNION ->
                throw new CorruptManifestException("A partition value has the type " + type.kind());
        };
    }

    private byte[] copy(int length, AvroInput in) {
        allocation.add(length);
        return in.copy(length);
    }

    private int format(AvroType type, AvroInput in) {
        require(type, Kind.STRING);
        int length = in.readLength();
        String name = new String(in.copy(Math.min(length, 16)), StandardCharsets.UTF_8);
        in.skip(length - Math.min(length, 16));
        for (int i = 0; i < formats.size(); i++) {
            if (formats.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        try {
            formats.add(FileFormat.valueOf(name.toUpperCase(Locale.ROOT)));
            return formats.size() - 1;
        } catch (IllegalArgumentException e) {
            throw new CorruptManifestException("An entry has an unknown file format");
        }
    }

    private void readList(ListColumn.Builder list, AvroType type, AvroInput in) {
        require(type, Kind.ARRAY);
        AvroType item = type.parts().get(0);
        for (long count = in.readBlockCount(); count > 0; count = in.readBlockCount()) {
            for (long i = 0; i < count; i++) {
                list.add(number(item.branch(in), in));
            }
        }
        list.end(row);
    }

    private void text(BytesColumn.Builder column, AvroType type, AvroInput in) {
        if (type.kind() != Kind.STRING && type.kind() != Kind.BYTES) {
            throw new CorruptManifestException("Expected text or bytes but found the type " + type.kind());
        }
        int length = in.readLength();
        column.set(row, in.array(), in.position(), length);
        in.skip(length);
    }

    static long number(AvroType type, AvroInput in) {
        if (type.kind() != Kind.INT && type.kind() != Kind.LONG) {
            throw new CorruptManifestException("Expected a number but found the type " + type.kind());
        }
        return in.readLong();
    }

    static void require(AvroType type, Kind kind) {
        if (type.kind() != kind) {
            throw new CorruptManifestException("Expected the type %s but found %s".formatted(kind, type.kind()));
        }
    }

    private ManifestColumns build() {
        LongColumn partitions = partition.build();
        LongColumn statuses = status.build();
        LongColumn contents = content.build();
        BytesColumn allPaths = paths.build();
        for (int i = 0; i < row; i++) {
            boolean complete = statuses.has(i) && allPaths.has(i) && contents.get(i, 0) >= 0 && contents.get(i, 0) <= 2;
            if (!complete) {
                throw new CorruptManifestException(
                        "Entry %d lacks its status or path, or has wrong content".formatted(i));
            }
        }
        LongColumn allFormats = format.build();
        LongColumn allRecords = records.build();
        LongColumn allSizes = fileSize.build();
        if (!allFormats.isComplete(row) || !allRecords.isComplete(row) || !allSizes.isComplete(row)) {
            throw new CorruptManifestException("An entry lacks its format, record count or file size");
        }
        List<List<@Nullable Object>> distinct = new ArrayList<>(tuples.size());
        for (int i = 0; i < tuples.size(); i++) {
            distinct.add(List.of());
        }
        tuples.forEach((tuple, index) -> distinct.set(index, tuple));
        if (row > 0 && !partitions.isComplete(row)) {
            throw new CorruptManifestException("An entry lacks its partition");
        }
        return new ManifestColumns(
                row,
                shortened(allPaths),
                new ManifestColumns.Numbers(
                        statuses,
                        snapshotId.build(),
                        sequence.build(),
                        contents,
                        allFormats,
                        partitions,
                        allRecords,
                        allSizes,
                        sortOrder.build(),
                        firstRowId.build(),
                        contentOffset.build(),
                        contentSize.build()),
                new ManifestColumns.Lists(
                        splitOffsets.build(), equalityIds.build(), keyMetadata.build(), referencedFile.build()),
                formats,
                new ManifestColumns.Tuples(
                        partitionFields, distinct, 64L * distinct.size() * (partitionFields.length + 1)),
                stats.build());
    }

    private static ManifestColumns.PathsOfManifest shortened(BytesColumn paths) {
        byte[] data = paths.data();
        boolean dots = false;
        for (int i = 1; i < data.length; i++) {
            dots |= data[i] == '.' && data[i - 1] == '.';
        }
        int rows = 0;
        int prefix = Integer.MAX_VALUE;
        for (; paths.has(rows); rows++) {
            int from = paths.from(rows);
            int mismatch = Arrays.mismatch(data, 0, Math.min(paths.to(0), prefix), data, from, paths.to(rows));
            prefix = mismatch < 0 ? Math.min(prefix, paths.to(0)) : Math.min(prefix, mismatch);
        }
        if (rows < 2) {
            return new ManifestColumns.PathsOfManifest(new byte[0], paths, dots);
        }
        BytesColumn.Builder rest = new BytesColumn.Builder(new Allocation(Long.MAX_VALUE));
        for (int i = 0; i < rows; i++) {
            rest.set(i, data, paths.from(i) + prefix, paths.to(i) - paths.from(i) - prefix);
        }
        return new ManifestColumns.PathsOfManifest(Arrays.copyOf(data, prefix), rest.build(), dots);
    }
}
