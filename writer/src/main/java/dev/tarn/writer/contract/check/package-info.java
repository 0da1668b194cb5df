/**
 * The checks of contracts over Arrow batches: columns are copied to the heap in one piece and judged in plain loops, mostly by
 * one comparison with the smallest and largest value of a batch, so that rules cost little beside the encoding of the rows.
 *
 * <p>Start reading at {@link dev.tarn.writer.contract.check.RowChecks}.
 */
@NullMarked
package dev.tarn.writer.contract.check;

import org.jspecify.annotations.NullMarked;
