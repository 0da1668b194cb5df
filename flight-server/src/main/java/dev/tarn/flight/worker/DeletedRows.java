package dev.tarn.flight.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBWritableVector;
import org.roaringbitmap.RoaringBitmap;

/**
 * The deleted positions of the files that running statements read, and the SQL function that looks them up. A statement's
 * positions live under a set number that no other statement of this worker has. Thread-safe.
 */
final class DeletedRows {
    private final Map<Long, Map<Integer, RoaringBitmap>> sets = new ConcurrentHashMap<>();

    void register(DuckDBConnection connection) throws java.sql.SQLException {
        try (var builder = DuckDBFunctions.scalarFunction()) {
            builder.withName(EngineWorker.KEEPS_ROW)
                    .withParameters(DuckDBColumnType.BIGINT, DuckDBColumnType.BIGINT, DuckDBColumnType.BIGINT)
                    .withReturnType(DuckDBColumnType.BOOLEAN)
                    .withVectorizedFunction(this::keeps)
                    .register(connection);
        }
    }

    /** Adds what a {@link FrameType#DELETES} frame says and answers its set number. */
    long add(ByteBuffer payload) throws IOException {
        long set = payload.getLong();
        int file = payload.getInt();
        RoaringBitmap positions = new RoaringBitmap();
        positions.deserialize(payload.slice());
        sets.computeIfAbsent(set, key -> new ConcurrentHashMap<>()).put(file, positions);
        return set;
    }

    void remove(long set) {
        sets.remove(set);
    }

    private void keeps(DuckDBDataChunkReader in, DuckDBWritableVector out) {
        DuckDBReadableVector set = in.vector(0);
        DuckDBReadableVector file = in.vector(1);
        DuckDBReadableVector position = in.vector(2);
        long rows = in.rowCount();
        long currentSet = Long.MIN_VALUE;
        long currentFile = Long.MIN_VALUE;
        RoaringBitmap deleted = null;
        for (long row = 0; row < rows; row++) {
            if (deleted == null || set.getLong(row) != currentSet || file.getLong(row) != currentFile) {
                currentSet = set.getLong(row);
                currentFile = file.getLong(row);
                deleted = find(currentSet, currentFile);
            }
            out.setBoolean(row, !deleted.contains((int) position.getLong(row)));
        }
    }

    private RoaringBitmap find(long set, long file) {
        Map<Integer, RoaringBitmap> files = sets.get(set);
        RoaringBitmap found = files == null ? null : files.get((int) file);
        if (found == null) {
            // Answering "keep" here would bring deleted rows back.
            throw new IllegalStateException(
                    "No deleted positions are known for file %d of set %d".formatted(file, set));
        }
        return found;
    }
}
