/**
 * Batches to data files: split by partition, rolled at a target size, deleted again if the work fails; and the files that delete rows.
 *
 * <p>Start reading at {@link dev.tarn.writer.files.PartitionedFileWriter}.
 */
@NullMarked
package dev.tarn.writer.files;

import org.jspecify.annotations.NullMarked;
