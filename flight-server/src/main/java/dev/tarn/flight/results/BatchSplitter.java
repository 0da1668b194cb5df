package dev.tarn.flight.results;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Moves batches of an engine into the batch that is sent, cut into pieces that every client accepts. Buffers change
 * their owner, so nothing that is on its way can be overwritten. Not thread-safe; closes neither batch.
 */
final class BatchSplitter {
    /** The common clients refuse messages over 16 MiB; a quarter leaves room for one very wide row and the headers. */
    static final long MAX_MESSAGE_BYTES = 4L << 20;

    /** Pieces begin at a multiple of this, so that validity bits are shared and not shifted. */
    private static final int ROW_ALIGNMENT = 8;

    private final VectorSchemaRoot target;
    private final long maxBytes;

    BatchSplitter(VectorSchemaRoot target, long maxBytes) {
        this.target = target;
        this.maxBytes = maxBytes;
    }

    /** How many rows of the batch one message takes; all of them where the batch is small. */
    int rowsPerMessage(VectorSchemaRoot batch) {
        int rows = batch.getRowCount();
        long bytes = 0;
        for (FieldVector vector : batch.getFieldVectors()) {
            bytes += vector.getBufferSize();
        }
        if (bytes <= maxBytes) {
            return rows;
        }
        long pieces = (bytes + maxBytes - 1) / maxBytes;
        long piece = rows / pieces / ROW_ALIGNMENT * ROW_ALIGNMENT;
        return (int) Math.max(Math.min(ROW_ALIGNMENT, rows), piece);
    }

    /** Puts some rows of the batch into the target; all of them means that the batch is empty afterwards. */
    void move(VectorSchemaRoot batch, int firstRow, int rows) {
        List<FieldVector> from = batch.getFieldVectors();
        List<FieldVector> to = target.getFieldVectors();
        if (from.size() != to.size()) {
            throw new TarnException(
                    ErrorKind.INTERNAL,
                    "The engine promised %d columns but delivered %d".formatted(to.size(), from.size()));
        }
        target.clear();
        for (int i = 0; i < from.size(); i++) {
            Field promised = to.get(i).getField();
            Field delivered = from.get(i).getField();
            if (!promised.getType().equals(delivered.getType())) {
                throw new TarnException(
                        ErrorKind.INTERNAL,
                        "The engine promised %s for column '%s' but delivered %s"
                                .formatted(promised.getType(), promised.getName(), delivered.getType()));
            }
            var pair = from.get(i).makeTransferPair(to.get(i));
            if (rows == batch.getRowCount()) {
                pair.transfer();
            } else {
                pair.splitAndTransfer(firstRow, rows);
            }
        }
        target.setRowCount(rows);
    }
}
