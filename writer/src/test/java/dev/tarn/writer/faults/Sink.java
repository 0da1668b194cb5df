package dev.tarn.writer.faults;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What a history drives: the session, or a writer with a planted bug. */
interface Sink {
    /** Offers rows; {@code position} is that of the producer after them. */
    CompletableFuture<?> offer(VectorSchemaRoot batch, String producer, long position);

    /** Where a producer goes on after a failure. */
    long resume(String producer);

    /** Everything that was offered is committed, or its future has failed. */
    void flush();

    /** Files that were reported as left behind. */
    List<String> leftovers();

    /** Gives up what is in memory, without flushing. */
    void drop();
}
