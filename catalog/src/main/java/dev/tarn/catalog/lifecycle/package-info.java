/**
 * How objects end: dropped for good or for a while, brought back, protected, and in the end purged. In doubt no file is
 * deleted, and the task says why.
 *
 * <p>Start reading at {@link dev.tarn.catalog.lifecycle.ObjectLifecycle}, then {@link
 * dev.tarn.catalog.lifecycle.PurgeTask}.
 */
@NullMarked
package dev.tarn.catalog.lifecycle;

import org.jspecify.annotations.NullMarked;
