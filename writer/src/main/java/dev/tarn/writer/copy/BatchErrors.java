package dev.tarn.writer.copy;

import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The rows of one columnar batch that do not fit, which are found column by column. Confined to one thread. */
final class BatchErrors {
    private final String location;
    private final RowErrors errors;
    private final Map<Integer, UnfitValueException> found = new TreeMap<>();

    BatchErrors(String location, RowErrors errors) {
        this.location = location;
        this.errors = errors;
    }

    /** Takes the reason why a row does not fit; the first of a row counts. */
    void add(int row, UnfitValueException reason) {
        found.putIfAbsent(row, reason);
    }

    /**
     * Tells the reasons in the order of the rows and takes the rows out of the batch.
     *
     * @param before rows of the file before this batch
     */
    void settle(TableBatch batch, long before) {
        if (found.isEmpty()) {
            return;
        }
        found.forEach((row, reason) -> errors.add(
                new BadRowException(location, "row", before + row + 1, reason.column(), reason.reason(), "")));
        takeOut(batch);
        found.clear();
    }

    private void takeOut(TableBatch batch) {
        VectorSchemaRoot root = batch.root();
        int rows = root.getRowCount();
        for (FieldVector vector : root.getFieldVectors()) {
            try (FieldVector kept = vector.getField().createVector(batch.allocator())) {
                kept.allocateNew();
                int count = 0;
                for (int row = 0; row < rows; row++) {
                    if (!found.containsKey(row)) {
                        kept.copyFromSafe(row, count++, vector);
                    }
                }
                kept.setValueCount(count);
                vector.clear();
                kept.makeTransferPair(vector).transfer();
            }
        }
        root.setRowCount(rows - found.size());
    }
}
