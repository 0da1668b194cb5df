/**
 * Long-running writing into one table by many producers: batches become files as they come, files become one commit per
 * window, and every batch has a future that completes when its commit ended.
 *
 * <p>Start reading at {@link dev.tarn.writer.session.IngestSession}.
 */
@NullMarked
package dev.tarn.writer.session;

import org.jspecify.annotations.NullMarked;
