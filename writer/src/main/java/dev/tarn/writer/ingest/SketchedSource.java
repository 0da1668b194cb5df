package dev.tarn.writer.ingest;

import dev.tarn.writer.stats.ColumnSketches;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Sketches the rows of a source as they pass by; rows that lose or are held back later are counted too. */
final class SketchedSource implements BatchSource {
    private final BatchSource source;
    private final Supplier<ColumnSketches> empty;
    private @Nullable ColumnSketches sketches;

    /**
     * Over a source.
     *
     * @param empty asked at the first batch, when the table has the schema of the write
     */
    SketchedSource(BatchSource source, Supplier<ColumnSketches> empty) {
        this.source = source;
        this.empty = empty;
    }

    @Override
    public Schema schema() {
        return source.schema();
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        VectorSchemaRoot batch = source.next();
        if (batch != null) {
            ColumnSketches counting = sketches;
            if (counting == null) {
                counting = empty.get();
                sketches = counting;
            }
            RowSelection rows = RowSelection.all(batch);
            counting.observe(batch, rows.rows(), rows.count());
        }
        return batch;
    }

    /** What was counted; empty if there was no batch. */
    Optional<ColumnSketches> sketches() {
        return Optional.ofNullable(sketches);
    }
}
