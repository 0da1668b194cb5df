/**
 * Local copies of immutable data files, which are all that the engine can read.
 *
 * <p>Start reading at {@link dev.tarn.flight.scan.cache.ScanCache}.
 */
@NullMarked
package dev.tarn.flight.scan.cache;

import org.jspecify.annotations.NullMarked;
