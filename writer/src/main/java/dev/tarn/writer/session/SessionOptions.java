package dev.tarn.writer.session;

import dev.tarn.common.DataSize;
import dev.tarn.writer.commit.CommitterOptions;
import dev.tarn.writer.ingest.IngestOptions;
import java.time.Duration;

/**
 * How an {@link IngestSession} works. Immutable; begin with {@link #defaults()}. Bytes are those of the Arrow batches.
 *
 * @param ingest branch, schema evolution, gates, file sizes; it must have no token, as each batch brings its own
 * @param budget bytes of batches that are not in finished files yet; for a session that does not share a budget
 * @param flushBytes a window of more bytes is flushed
 * @param flushRows a window of more rows is flushed
 * @param flushAge a window is flushed so long after its first batch
 * @param positions what becomes of tokens that moved although no row was admitted
 * @param committer for a session that does not share a committer
 */
public record SessionOptions(
        IngestOptions ingest,
        DataSize budget,
        DataSize flushBytes,
        long flushRows,
        Duration flushAge,
        PositionsWithoutRows positions,
        CommitterOptions committer) {
    /** Unfinished batches by default: as much as one writer may hold in memory. */
    public static final DataSize DEFAULT_BUDGET = DataSize.ofMegabytes(256);

    /** Half the budget, so that the next window fills while this one is finished. */
    public static final DataSize DEFAULT_FLUSH_BYTES = DataSize.ofMegabytes(128);

    /** No limit of its own: bytes and age end windows first. */
    public static final long DEFAULT_FLUSH_ROWS = Long.MAX_VALUE;

    /** How old rows get before readers see them, commit not included. */
    public static final Duration DEFAULT_FLUSH_AGE = Duration.ofSeconds(10);

    /** Refuses limits below one, and a token. */
    public SessionOptions {
        if (budget.bytes() < 1 || flushBytes.bytes() < 1 || flushRows < 1 || flushAge.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "budget, flushBytes, flushRows and flushAge must be at least 1 but were %s, %s, %d and %s"
                            .formatted(budget, flushBytes, flushRows, flushAge));
        }
        if (ingest.token().isPresent()) {
            throw new IllegalArgumentException("The options of a session take no token: offer one with each batch");
        }
    }

    /** Main branch, 256 MB, a flush every 128 MB or 10 seconds, commits without waiting for others. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                IngestOptions.defaults(),
                DEFAULT_BUDGET,
                DEFAULT_FLUSH_BYTES,
                DEFAULT_FLUSH_ROWS,
                DEFAULT_FLUSH_AGE,
                PositionsWithoutRows.COMMIT,
                CommitterOptions.defaults().withInterval(Duration.ZERO));
    }

    /** The same, with other options for what is written. */
    public SessionOptions withIngest(IngestOptions other) {
        return new SessionOptions(other, budget, flushBytes, flushRows, flushAge, positions, committer);
    }

    /** The same, with another budget; windows are flushed at half of it. */
    public SessionOptions withBudget(DataSize other) {
        DataSize half = new DataSize(Math.max(1, other.bytes() / 2));
        return new SessionOptions(ingest, other, half, flushRows, flushAge, positions, committer);
    }

    /** The same, with another size of windows. */
    public SessionOptions withFlushBytes(DataSize other) {
        return new SessionOptions(ingest, budget, other, flushRows, flushAge, positions, committer);
    }

    /** The same, with another number of rows of windows. */
    public SessionOptions withFlushRows(long other) {
        return new SessionOptions(ingest, budget, flushBytes, other, flushAge, positions, committer);
    }

    /** The same, with another age of windows. */
    public SessionOptions withFlushAge(Duration other) {
        return new SessionOptions(ingest, budget, flushBytes, flushRows, other, positions, committer);
    }

    /** The same, with another rule for tokens without rows. */
    public SessionOptions withPositions(PositionsWithoutRows other) {
        return new SessionOptions(ingest, budget, flushBytes, flushRows, flushAge, other, committer);
    }

    /** The same, with other options for the session's own committer. */
    public SessionOptions withCommitter(CommitterOptions other) {
        return new SessionOptions(ingest, budget, flushBytes, flushRows, flushAge, positions, other);
    }
}
