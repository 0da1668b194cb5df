/**
 * Where contracts meet loads: the gate that every batch and every commit passes, the table of rejects, the comparison with
 * rows that are in the table already, the test of a whole table, and how a table says which contract it is held to.
 *
 * <p>Start reading at {@link dev.tarn.writer.contract.gate.Contracts}.
 */
@NullMarked
package dev.tarn.writer.contract.gate;

import org.jspecify.annotations.NullMarked;
