package dev.tarn.flight.results;

import java.util.function.Consumer;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Where an answer that is made while it is sent puts its batches. Confined to the thread that makes the answer. */
public final class AnswerSink {
    private final ServerStreamListener listener;
    private final ClientFlow flow;
    private final QueryAllocators allocators;

    AnswerSink(ServerStreamListener listener, ClientFlow flow, QueryAllocators allocators) {
        this.listener = listener;
        this.flow = flow;
        this.allocators = allocators;
    }

    /** Starts the stream, lets the writer fill it, and ends it. */
    public void write(Schema schema, Consumer<Batches> writer) {
        BufferAllocator allocator = allocators.open("metadata");
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            listener.start(root);
            Batches batches = new Batches(root);
            writer.accept(batches);
            batches.send();
            listener.completed();
        } finally {
            allocators.retire(allocator);
        }
    }

    /** The batch being filled. */
    public final class Batches {
        /** Small enough for any client even when every row holds the schema of a wide table. */
        private static final int ROWS_PER_BATCH = 100;

        private final VectorSchemaRoot root;
        private int rows;

        private Batches(VectorSchemaRoot root) {
            this.root = root;
        }

        /** The batch to write the next row into, at {@link #nextRow}. */
        public VectorSchemaRoot root() {
            return root;
        }

        /** Index of the next row in the current batch; sends the batch first if it is full. */
        public int nextRow() {
            if (rows == ROWS_PER_BATCH) {
                send();
            }
            return rows++;
        }

        private void send() {
            if (rows == 0) {
                return;
            }
            flow.awaitReady();
            root.setRowCount(rows);
            listener.putNext();
            root.clear();
            rows = 0;
        }
    }
}
