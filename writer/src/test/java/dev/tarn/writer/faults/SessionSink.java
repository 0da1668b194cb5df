package dev.tarn.writer.faults;

import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.session.IngestSession;
import dev.tarn.writer.session.SessionOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Table;

/** The session itself. */
final class SessionSink implements Sink {
    private final IngestSession session;

    SessionSink(Table table, SessionOptions options) {
        this.session = IngestSession.open(table, options);
    }

    @Override
    public CompletableFuture<?> offer(VectorSchemaRoot batch, String producer, long position) {
        return session.offer(batch, List.of(new ProducerToken(producer, 0, position)));
    }

    @Override
    public long resume(String producer) {
        return session.resume(producer).map(ProducerToken::sequence).orElse(0L);
    }

    @Override
    public void flush() {
        session.flush();
    }

    @Override
    public List<String> leftovers() {
        return session.leftovers();
    }

    @Override
    public void drop() {
        session.abort();
    }
}
