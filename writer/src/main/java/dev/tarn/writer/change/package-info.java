/**
 * Changes to rows that a table has already: upserts, change events, deletes and replacements by filter, as one commit that
 * is planned again when somebody else was faster.
 *
 * <p>Start reading at {@link dev.tarn.writer.change.KeyedChanges}.
 */
@NullMarked
package dev.tarn.writer.change;

import org.jspecify.annotations.NullMarked;
