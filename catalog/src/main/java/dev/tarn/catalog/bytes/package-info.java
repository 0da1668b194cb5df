/**
 * Bytes that are made once and sent often: in pieces, so that the next version of a large body shares those that did not
 * change, and compressed piece by piece, so that what is shared is compressed once.
 *
 * <p>Start reading at {@link dev.tarn.catalog.bytes.Pieces}.
 */
@NullMarked
package dev.tarn.catalog.bytes;

import org.jspecify.annotations.NullMarked;
