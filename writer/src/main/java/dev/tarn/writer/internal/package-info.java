/**
 * Reading values out of Arrow vectors in Iceberg's terms, whatever physical type a batch arrived with.
 *
 * <p>Start reading at {@link dev.tarn.writer.internal.ColumnReaders}.
 */
@NullMarked
package dev.tarn.writer.internal;

import org.jspecify.annotations.NullMarked;
