/**
 * Judges what concurrent clients did and saw: whether there is an order of their transactions, in keeping with real time,
 * that explains it all.
 *
 * <p>Start reading at {@link dev.tarn.testkit.histories.Transaction} and
 * {@link dev.tarn.testkit.histories.HistoryChecker}.
 */
@NullMarked
package dev.tarn.testkit.histories;

import org.jspecify.annotations.NullMarked;
