/**
 * Write, audit, publish: rows go to a branch first, are checked there, and become visible only when the checks pass.
 *
 * <p>Start reading at {@link dev.tarn.writer.audit.Audit}.
 */
@NullMarked
package dev.tarn.writer.audit;

import org.jspecify.annotations.NullMarked;
