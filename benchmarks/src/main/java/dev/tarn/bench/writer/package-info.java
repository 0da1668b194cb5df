/**
 * The writer library beside its peers: encoding, end to end, upserts, group commit.
 *
 * <p>Start reading at {@link dev.tarn.bench.writer.WriterBench}.
 */
@NullMarked
package dev.tarn.bench.writer;

import org.jspecify.annotations.NullMarked;
