/**
 * Expiry of snapshots: metadata first, then the files that nothing reaches any more. Deletion fails closed: what cannot
 * be read stops it, and a journal carries it over a crash.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.expire.ExpiryPlanner}, then
 * {@link dev.tarn.maintenance.expire.ExpiryExecutor}.
 */
@NullMarked
package dev.tarn.maintenance.expire;

import org.jspecify.annotations.NullMarked;
