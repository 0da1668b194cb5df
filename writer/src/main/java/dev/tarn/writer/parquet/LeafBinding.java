package dev.tarn.writer.parquet;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.internal.ColumnReaders;
import dev.tarn.writer.parquet.PathStep.Shape;
import dev.tarn.writer.variant.VariantLayout;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** One leaf column bound to the vectors of one batch. Confined to one thread at a time. */
final class LeafBinding {
    private final List<BoundStep> steps;

    /** Absent where the batch lacks the column, or a parent of it, and there is no default. */
    private final @Nullable ValueSource source;

    /**
     * A step and what the batch has for it.
     *
     * @param absent whether no row has a value here
     * @param validity absent if no value is null
     * @param lists of a repeated step
     * @param offsets of a repeated step, if the lists have offsets of 32 bits
     */
    private record BoundStep(
            PathStep step,
            boolean absent,
            @Nullable ByteBuffer validity,
            @Nullable BaseListVector lists,
            @Nullable IntBuffer offsets) {}

    private LeafBinding(List<BoundStep> steps, @Nullable ValueSource source) {
        this.steps = steps;
        this.source = source;
    }

    /**
     * Finds the vectors of a leaf.
     *
     * @throws TarnException INVALID naming the column, if a vector does not fit
     */
    static LeafBinding of(LeafColumn leaf, VariantLayout.Columns batch) {
        List<BoundStep> steps = new ArrayList<>();
        FieldVector above = null;
        for (PathStep step : leaf.path()) {
            FieldVector vector = steps.isEmpty() ? batch.vector(step.field()) : child(above, step);
            if (vector == null && step.writeDefault() != null && (steps.isEmpty() || above != null)) {
                steps.add(new BoundStep(step, false, null, null, null));
                return new LeafBinding(steps, ValueSources.constant(leaf, step.writeDefault()));
            }
            if (vector == null || vector instanceof NullVector) {
                steps.add(new BoundStep(step, true, null, null, null));
                return new LeafBinding(steps, null);
            }
            above = ColumnReaders.storage(vector);
            steps.add(bound(step, above));
        }
        if (above == null) {
            throw new IllegalStateException("Column " + leaf.name() + " has no path");
        }
        return new LeafBinding(steps, ValueSources.of(leaf, above));
    }

    /** The source of the values; only for a leaf that has some. */
    ValueSource source() {
        if (source == null) {
            throw new IllegalStateException("A column without values has no source");
        }
        return source;
    }

    /**
     * Finds levels and positions of some rows.
     *
     * @throws TarnException INVALID naming column and row, if a required value is missing
     */
    void shred(RowSlice rows, int from, int count, Shredding out) {
        out.begin(rows, from, count);
        int level = 0;
        int repetition = 0;
        for (BoundStep bound : steps) {
            PathStep step = bound.step();
            ByteBuffer validity = bound.validity();
            repetition += step.shape() == Shape.REPEATED ? 1 : 0;
            if (bound.absent()) {
                int slot = step.optional() ? -1 : out.firstPresent();
                if (slot >= 0) {
                    throw missing(step, "no such column");
                }
                out.dropAll(level);
                return;
            }
            if (step.optional()) {
                if (validity != null) {
                    out.dropNulls(validity, level);
                }
                level++;
            } else if (validity != null) {
                int slot = out.firstNull(validity);
                if (slot >= 0) {
                    throw missing(step, "a null in row " + rows.row(from + out.rowOf(slot)));
                }
            }
            if (bound.offsets() != null) {
                out.expand(bound.offsets(), level++, repetition);
            } else if (bound.lists() != null) {
                out.expand(bound.lists(), level++, repetition);
            }
        }
        out.end(level);
    }

    private static TarnException missing(PathStep step, String found) {
        return new TarnException(
                ErrorKind.INVALID, "Column '%s' is required but the batch has %s".formatted(step.name(), found));
    }

    private static @Nullable FieldVector child(@Nullable FieldVector above, PathStep step) {
        if (above == null) {
            return null;
        }
        return switch (step.child()) {
            case FIELD ->
                above instanceof StructVector struct ? struct.getChild(step.field(), FieldVector.class) : null;
            case ELEMENT -> above.getChildrenFromFields().get(0);
            case KEY -> entry(above, step, 0);
            case VALUE -> entry(above, step, 1);
        };
    }

    private static FieldVector entry(FieldVector map, PathStep step, int position) {
        List<FieldVector> entry = map.getChildrenFromFields().get(0).getChildrenFromFields();
        if (entry.size() != 2) {
            throw ColumnReaders.mismatch(step.name(), step.type(), map);
        }
        return entry.get(position);
    }

    private static BoundStep bound(PathStep step, FieldVector vector) {
        ByteBuffer validity = validity(vector);
        return switch (step.shape()) {
            case LEAF -> new BoundStep(step, false, validity, null, null);
            case STRUCT -> {
                if (!(vector instanceof StructVector)) {
                    throw ColumnReaders.mismatch(step.name(), step.type(), vector);
                }
                yield new BoundStep(step, false, validity, null, null);
            }
            case REPEATED -> {
                if (!(vector instanceof BaseListVector lists)) {
                    throw ColumnReaders.mismatch(step.name(), step.type(), vector);
                }
                IntBuffer offsets = vector instanceof ListVector list
                        ? FixedWidthSource.view(list.getOffsetBuffer(), (list.getValueCount() + 1L) * Integer.BYTES)
                                .asIntBuffer()
                        : null;
                yield new BoundStep(step, false, validity, lists, offsets);
            }
        };
    }

    private static @Nullable ByteBuffer validity(FieldVector vector) {
        ArrowBuf bits = vector.getValidityBuffer();
        // Batches that come over the C data interface may leave the bits out where nothing is null.
        if (bits.capacity() == 0 || vector.getNullCount() == 0) {
            return null;
        }
        return FixedWidthSource.view(bits, (vector.getValueCount() + 7L) / 8);
    }
}
