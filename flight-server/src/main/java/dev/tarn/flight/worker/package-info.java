/**
 * The child process in which the embedded engine runs, and the parent's side of it: start, supervise, talk, restart. One
 * connection over a Unix domain socket carries one request; results come back as an Arrow IPC stream cut into frames.
 *
 * <p>Start reading at {@link dev.tarn.flight.worker.EngineWorker} for the parent, {@link dev.tarn.flight.worker.WorkerMain}
 * for the child.
 */
@NullMarked
package dev.tarn.flight.worker;

import org.jspecify.annotations.NullMarked;
