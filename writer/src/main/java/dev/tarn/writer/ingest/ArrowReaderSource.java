package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Batches of an Arrow reader, which stays its owner's. */
final class ArrowReaderSource implements BatchSource {
    private final ArrowReader reader;
    private final VectorSchemaRoot root;

    private ArrowReaderSource(ArrowReader reader, VectorSchemaRoot root) {
        this.reader = reader;
        this.root = root;
    }

    static ArrowReaderSource of(ArrowReader reader) {
        try {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            for (Field field : root.getSchema().getFields()) {
                if (field.getDictionary() != null) {
                    throw new TarnException(
                            ErrorKind.UNSUPPORTED,
                            "Column '%s' is dictionary-encoded in Arrow; decode it before writing"
                                    .formatted(field.getName()));
                }
            }
            return new ArrowReaderSource(reader, root);
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    @Override
    public Schema schema() {
        return root.getSchema();
    }

    @Override
    public @Nullable VectorSchemaRoot next() {
        try {
            return reader.loadNextBatch() ? root : null;
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private static TarnException damaged(IOException cause) {
        return new TarnException(ErrorKind.CORRUPT, "The Arrow batches cannot be read: " + cause.getMessage(), cause);
    }
}
