/**
 * The bytes of one record to a tree of plain Java values, for each format, without trusting a single length in them.
 *
 * <p>Start reading at {@link dev.tarn.kafka.decode.RecordDecoder}.
 */
@NullMarked
package dev.tarn.kafka.decode;

import org.jspecify.annotations.NullMarked;
