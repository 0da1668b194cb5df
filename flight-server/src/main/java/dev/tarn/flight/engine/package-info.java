/**
 * The seam between the protocol and whatever runs queries: describe, execute to Arrow batches, cancel, progress.
 *
 * <p>Start reading at {@link dev.tarn.flight.engine.QueryEngine}.
 */
@NullMarked
package dev.tarn.flight.engine;

import org.jspecify.annotations.NullMarked;
