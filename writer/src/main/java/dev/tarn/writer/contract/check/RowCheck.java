package dev.tarn.writer.contract.check;

/** A check of rows, made for the columns of one table. Confined to one thread. */
public interface RowCheck {
    /**
     * Marks the rows that break the rule.
     *
     * @param rows row numbers, of which the first {@code count} are judged
     * @return how many were marked
     */
    int mark(BatchColumns batch, int[] rows, int count, RowMarks marks);
}
