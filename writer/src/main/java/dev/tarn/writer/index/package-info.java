/**
 * Keys of rows: what they are, how they are found in data files, and the local index that remembers where each key is.
 *
 * <p>Start reading at {@link dev.tarn.writer.index.KeyColumns}.
 */
@NullMarked
package dev.tarn.writer.index;

import org.jspecify.annotations.NullMarked;
