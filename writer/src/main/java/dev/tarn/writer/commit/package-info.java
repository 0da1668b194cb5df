/**
 * One Iceberg commit with its three endings, and the tokens that make a commit happen once.
 *
 * <p>Start reading at {@link dev.tarn.writer.commit.SnapshotCommit}.
 */
@NullMarked
package dev.tarn.writer.commit;

import org.jspecify.annotations.NullMarked;
