package dev.tarn.bench.writer;

import dev.tarn.writer.ingest.BatchSource;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Batches that are in memory already. */
final class BatchesSource implements BatchSource {
    private final Schema schema;
    private final Iterator<VectorSchemaRoot> batches;

    BatchesSource(List<VectorSchemaRoot> batches) {
        this.schema = batches.get(0).getSchema();
        this.batches = batches.iterator();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        return batches.hasNext() ? batches.next() : null;
    }
}
