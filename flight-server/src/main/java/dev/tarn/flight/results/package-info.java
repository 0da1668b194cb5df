/**
 * Planned statements that wait for their DoGet, and the flow of their batches to the client at the client's speed.
 *
 * <p>Start reading at {@link dev.tarn.flight.results.ResultStreams}.
 */
@NullMarked
package dev.tarn.flight.results;

import org.jspecify.annotations.NullMarked;
