/**
 * How variants lie in a Parquet file: as two binaries, or shredded, with the fields that most values share in columns of
 * their own. The encoder sees ordinary structs.
 *
 * <p>Start reading at {@link dev.tarn.writer.variant.VariantLayout}.
 */
@NullMarked
package dev.tarn.writer.variant;

import org.jspecify.annotations.NullMarked;
