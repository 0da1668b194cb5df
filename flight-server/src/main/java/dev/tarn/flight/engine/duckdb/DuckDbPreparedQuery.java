package dev.tarn.flight.engine.duckdb;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.engine.QueryExecution;
import dev.tarn.flight.scan.StatementScan;
import dev.tarn.flight.worker.EngineWorker;
import dev.tarn.flight.worker.WorkerStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** A statement with pinned tables. Immutable, thread-safe; holds nothing that must be closed. */
final class DuckDbPreparedQuery implements PreparedQuery {
    /** Best CPU per row between 16 k and 64 k; the smaller end keeps a slow client's memory small. */
    private static final long BATCH_ROWS = 32 * 1024;

    private final DuckDbQueryEngine engine;
    private final String sql;
    private final StatementScan scan;
    private final EngineWorker.Described described;

    DuckDbPreparedQuery(DuckDbQueryEngine engine, String sql, StatementScan scan, EngineWorker.Described described) {
        this.engine = engine;
        this.sql = sql;
        this.scan = scan;
        this.described = described;
    }

    @Override
    public String sql() {
        return sql;
    }

    @Override
    public Schema resultSchema() {
        return described.result();
    }

    @Override
    public Schema parameterSchema() {
        return described.parameters();
    }

    @Override
    public boolean isUpdate() {
        return false;
    }

    @Override
    public QueryExecution execute(@Nullable VectorSchemaRoot parameters, BufferAllocator allocator) {
        int expected = described.parameters().getFields().size();
        int found = parameters == null ? 0 : parameters.getFieldVectors().size();
        if (expected != found || (parameters != null && parameters.getRowCount() != 1)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The statement takes %d parameters in one row but got %d in %d rows"
                            .formatted(expected, found, parameters == null ? 0 : parameters.getRowCount()));
        }
        engine.admit();
        StatementScan.Fetched readable = null;
        try {
            readable = engine.read(scan);
            WorkerStream stream = engine.worker()
                    .execute(
                            new EngineWorker.Execution(
                                    readable.sql(),
                                    readable.deletedRows(),
                                    BATCH_ROWS,
                                    engine.settings().statementTimeout().toMillis()),
                            expected == 0 ? null : parameters,
                            allocator);
            DuckDbExecution execution = new DuckDbExecution(engine, stream, readable);
            engine.add(execution);
            return execution;
        } catch (RuntimeException e) {
            if (readable != null) {
                readable.close();
            }
            engine.leave();
            throw e;
        }
    }

    @Override
    public void close() {}
}
