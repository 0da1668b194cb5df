/**
 * Storage and catalogs that fail at every point, by a seeded plan, and the histories that writers have to survive under them.
 *
 * <p>Start reading at {@link dev.tarn.writer.faults.SessionFaultsTest}.
 */
@NullMarked
package dev.tarn.writer.faults;

import org.jspecify.annotations.NullMarked;
