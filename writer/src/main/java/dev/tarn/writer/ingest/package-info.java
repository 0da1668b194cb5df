/**
 * The entry point for writing: batches or rows in, one commit out.
 *
 * <p>Start reading at {@link dev.tarn.writer.ingest.Ingest}.
 */
@NullMarked
package dev.tarn.writer.ingest;

import org.jspecify.annotations.NullMarked;
