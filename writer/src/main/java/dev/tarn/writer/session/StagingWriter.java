package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.ingest.BatchFiles;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Writes the files of one task of a framework with checkpoints, as Flink and Kafka Connect have them, and never commits: at
 * each checkpoint {@link #prepare} hands out what was written, for {@link Committables} to commit when the framework says so.
 * Not thread-safe. Whoever opens it closes it; closing deletes what was not prepared.
 */
public final class StagingWriter implements AutoCloseable {
    private final Table table;
    private final IngestOptions options;
    private final String writer;
    private final long epoch;
    private final List<DataFile> finished = new ArrayList<>();
    private final Map<String, ProducerToken> positions = new TreeMap<>();
    private final Map<String, String> summary = new TreeMap<>();
    private Optional<BatchFiles> open = Optional.empty();
    private Optional<Schema> schema = Optional.empty();

    /**
     * Opens a writer.
     *
     * @param table refreshed now and when files are begun; nobody else may use the object meanwhile
     * @param writer identifies the task for as long as the table lives, as the producer of a {@link ProducerToken}
     * @param epoch grows with each attempt at the task, so that a forgotten predecessor is refused
     */
    public StagingWriter(Table table, IngestOptions options, String writer, long epoch) {
        this.table = table;
        this.options = options;
        this.writer = new ProducerToken(writer, epoch, 0).producer();
        this.epoch = epoch;
    }

    /**
     * Writes a batch, which stays the caller's.
     *
     * @param positionsAfter where the sources are after it; may be empty
     * @throws TarnException INVALID if the batch does not fit; if that was found half-way, close the writer
     */
    public void write(VectorSchemaRoot batch, List<ProducerToken> positionsAfter) {
        if (open.isPresent() && open.get().isDamaged()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "An earlier batch broke the files of table %s: close the writer and go on from the last checkpoint"
                            .formatted(table.name()));
        }
        if (!schema.equals(Optional.of(batch.getSchema()))) {
            finishFiles();
        }
        if (open.isEmpty()) {
            table.refresh();
            open = Optional.of(BatchFiles.open(table, options, batch.getSchema()));
            schema = Optional.of(batch.getSchema());
        }
        open.get().write(batch);
        positionsAfter.forEach(token -> positions.put(token.producer(), token));
    }

    /**
     * Finishes the files and hands them out with everything since the last call. From then on they belong to whoever keeps
     * the committable.
     *
     * @param checkpoint must grow from call to call
     */
    public PreparedCommittable prepare(long checkpoint) {
        finishFiles();
        PreparedCommittable prepared = PreparedCommittable.of(
                table,
                options.branch(),
                new ProducerToken(writer, epoch, checkpoint),
                List.copyOf(positions.values()),
                summary,
                finished);
        finished.clear();
        positions.clear();
        summary.clear();
        return prepared;
    }

    /** Deletes what was not prepared. */
    @Override
    public void close() {
        try {
            open.ifPresent(BatchFiles::close);
        } finally {
            open = Optional.empty();
            FileCleanup.delete(
                    table.io(), finished.stream().map(DataFile::location).toList());
            finished.clear();
        }
    }

    private void finishFiles() {
        if (open.isEmpty()) {
            return;
        }
        try (BatchFiles files = open.get()) {
            finished.addAll(files.complete());
            summary.putAll(options.summary());
            summary.putAll(files.summary());
        } finally {
            open = Optional.empty();
            schema = Optional.empty();
        }
    }
}
