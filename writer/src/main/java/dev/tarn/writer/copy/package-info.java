/**
 * Files in: Parquet, Arrow, CSV and JSON lines, loaded into a table in one commit that remembers them, or registered where they lie.
 *
 * <p>Start reading at {@link dev.tarn.writer.copy.CopyInto}.
 */
@NullMarked
package dev.tarn.writer.copy;

import org.jspecify.annotations.NullMarked;
