package dev.tarn.catalog.planning;

import dev.tarn.catalog.planning.AvroType.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the statistics columns of a manifest while it is decoded. Not thread-safe. */
final class StatsBuilders {
    private final Allocation allocation;
    private final Map<Integer, OfField> byField = new HashMap<>();
    private final List<OfField> inOrder = new ArrayList<>();

    /** Files list their columns in the same order, so that the next one is mostly where it was before. */
    private int hint;

    /** A kind of count. */
    enum Count {
        SIZES,
        VALUES,
        NULLS,
        NANS
    }

    /** A kind of bound. */
    enum Bound {
        LOWER,
        UPPER
    }

    private static final class OfField {
        private final int fieldId;
        private final int index;
        private final Map<Count, LongColumn.Builder> counts = new EnumMap<>(Count.class);
        private BoundColumn.@Nullable Builder lower;
        private BoundColumn.@Nullable Builder upper;

        OfField(int fieldId, int index) {
            this.fieldId = fieldId;
            this.index = index;
        }
    }

    StatsBuilders(Allocation allocation) {
        this.allocation = allocation;
    }

    void readCounts(Count count, int row, AvroType map, AvroInput in) {
        AvroType pair = pair(map);
        hint = 0;
        for (long items = in.readBlockCount(); items > 0; items = in.readBlockCount()) {
            for (long i = 0; i < items; i++) {
                OfField field =
                        field(ManifestDecoder.number(pair.fields().get(0).type(), in));
                LongColumn.Builder column = field.counts.get(count);
                if (column == null) {
                    column = new LongColumn.Builder(allocation);
                    field.counts.put(count, column);
                }
                column.set(row, ManifestDecoder.number(pair.fields().get(1).type(), in));
            }
        }
    }

    void readBounds(Bound bound, int row, AvroType map, AvroInput in) {
        AvroType pair = pair(map);
        if (pair.fields().get(1).type().kind() != Kind.BYTES) {
            throw new CorruptManifestException("Bounds must be bytes");
        }
        hint = 0;
        for (long items = in.readBlockCount(); items > 0; items = in.readBlockCount()) {
            for (long i = 0; i < items; i++) {
                OfField field =
                        field(ManifestDecoder.number(pair.fields().get(0).type(), in));
                int length = in.readLength();
                column(field, bound).set(row, in.array(), in.position(), length);
                in.skip(length);
            }
        }
    }

    Map<Integer, ColumnStats> build() {
        Map<Integer, ColumnStats> columns = new HashMap<>();
        for (OfField field : inOrder) {
            columns.put(
                    field.fieldId,
                    new ColumnStats(
                            field.fieldId,
                            build(field, Count.SIZES),
                            build(field, Count.VALUES),
                            build(field, Count.NULLS),
                            build(field, Count.NANS),
                            field.lower == null ? null : field.lower.build(),
                            field.upper == null ? null : field.upper.build()));
        }
        return columns;
    }

    private static @Nullable LongColumn build(OfField field, Count count) {
        LongColumn.Builder column = field.counts.get(count);
        return column == null ? null : column.build();
    }

    private BoundColumn.Builder column(OfField field, Bound bound) {
        BoundColumn.Builder column = bound == Bound.LOWER ? field.lower : field.upper;
        if (column == null) {
            column = new BoundColumn.Builder(allocation);
            if (bound == Bound.LOWER) {
                field.lower = column;
            } else {
                field.upper = column;
            }
        }
        return column;
    }

    private OfField field(long id) {
        if (hint < inOrder.size() && inOrder.get(hint).fieldId == id) {
            return inOrder.get(hint++);
        }
        if (id != (int) id) {
            throw new CorruptManifestException("A field id is out of range: " + id);
        }
        OfField field = byField.get((int) id);
        if (field == null) {
            allocation.add(512);
            field = new OfField((int) id, inOrder.size());
            byField.put((int) id, field);
            inOrder.add(field);
        }
        hint = field.index + 1;
        return field;
    }

    private static AvroType pair(AvroType map) {
        ManifestDecoder.require(map, Kind.ARRAY);
        AvroType pair = map.parts().get(0);
        ManifestDecoder.require(pair, Kind.RECORD);
        if (pair.fields().size() != 2) {
            throw new CorruptManifestException("Statistics must be pairs of a field id and a value");
        }
        return pair;
    }
}
