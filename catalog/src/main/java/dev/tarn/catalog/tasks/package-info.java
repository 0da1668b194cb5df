/**
 * Work that survives crashes: tasks written in the transaction that makes them necessary, leased by one server at a time,
 * resumed from a cursor, repeated with growing pauses until it succeeds.
 *
 * <p>Start reading at {@link dev.tarn.catalog.tasks.TaskRunner}.
 */
@NullMarked
package dev.tarn.catalog.tasks;

import org.jspecify.annotations.NullMarked;
