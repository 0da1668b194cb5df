package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.PlainBatches;
import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Batches of an Arrow reader, which stays its owner's; encoded vectors are decoded. Whoever makes it closes it. */
final class ArrowReaderSource implements BatchSource, AutoCloseable {
    private final ArrowReader reader;
    private final VectorSchemaRoot root;
    private final PlainBatches plain;

    private ArrowReaderSource(ArrowReader reader, VectorSchemaRoot root, PlainBatches plain) {
        this.reader = reader;
        this.root = root;
        this.plain = plain;
    }

    static ArrowReaderSource of(ArrowReader reader) {
        try {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            return new ArrowReaderSource(reader, root, new PlainBatches(root.getSchema(), reader));
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    @Override
    public Schema schema() {
        return plain.schema();
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        try {
            return reader.loadNextBatch() ? plain.plain(root) : null;
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    @Override
    public void close() {
        plain.close();
    }

    private static TarnException damaged(IOException cause) {
        return new TarnException(ErrorKind.CORRUPT, "The Arrow batches cannot be read: " + cause.getMessage(), cause);
    }
}
