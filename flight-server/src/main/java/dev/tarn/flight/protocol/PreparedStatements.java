package dev.tarn.flight.protocol;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.engine.PreparedQuery;
import dev.tarn.flight.results.ParameterRows;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Prepared statements by their handles. A handle holds the text, its schemas and the bound values; every execution binds
 * the text anew, so that it sees the snapshots of its own time. Thread-safe.
 */
final class PreparedStatements {
    private final Statements statements;
    private final Cache<String, PreparedStatement> open;
    private final int maxStatements;

    PreparedStatements(Statements statements, int maxStatements, Duration timeToLive) {
        this.statements = statements;
        this.maxStatements = maxStatements;
        this.open = Caffeine.newBuilder().expireAfterAccess(timeToLive).build();
    }

    /** A statement that was described and not yet executed. */
    record PreparedStatement(
            String sql,
            String principal,
            Schema resultSchema,
            Schema parameterSchema,
            boolean update,
            Optional<ParameterRows> parameters) {
        PreparedStatement with(ParameterRows rows) {
            return new PreparedStatement(sql, principal, resultSchema, parameterSchema, update, Optional.of(rows));
        }
    }

    ByteString create(String sql, CallIdentity identity) {
        if (open.estimatedSize() >= maxStatements) {
            open.cleanUp();
        }
        if (open.estimatedSize() >= maxStatements) {
            throw new TarnException(
                    ErrorKind.OVERLOADED,
                    "%d prepared statements are open, the most that setting 'flight.max-prepared-statements' allows;"
                                    .formatted(maxStatements)
                            + " close some");
        }
        String handle = UUID.randomUUID().toString();
        try (PreparedQuery query = statements.bind(sql, identity)) {
            open.put(
                    handle,
                    new PreparedStatement(
                            sql,
                            identity.caller().principal(),
                            query.resultSchema(),
                            query.parameterSchema(),
                            query.isUpdate(),
                            Optional.empty()));
        }
        return ByteString.copyFromUtf8(handle);
    }

    /**
     * The statement of a handle.
     *
     * @throws TarnException NOT_FOUND if it is closed, expired or was never open, FORBIDDEN if it is somebody else's
     */
    PreparedStatement find(ByteString handle, Caller caller) {
        PreparedStatement found = open.getIfPresent(handle.toStringUtf8());
        if (found == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "The prepared statement is not open any more; prepare it anew");
        }
        if (!found.principal().equals(caller.principal())) {
            throw new TarnException(ErrorKind.FORBIDDEN, "The prepared statement belongs to another user");
        }
        return found;
    }

    /** Reads values from the client, one row of them, and keeps them for the executions to come. */
    void bind(ByteString handle, FlightStream values, Caller caller) {
        PreparedStatement statement = find(handle, caller);
        read(values, statement).ifPresent(rows -> open.put(handle.toStringUtf8(), statement.with(rows)));
    }

    /** Reads values for one execution; absent where the client sends none. */
    Optional<ParameterRows> read(FlightStream values, PreparedStatement statement) {
        Optional<ParameterRows> rows = Optional.empty();
        while (values.next()) {
            if (values.getRoot().getRowCount() == 0) {
                continue;
            }
            if (rows.isPresent()) {
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Expected one row of parameter values but found more; run the statement once per row");
            }
            int expected = statement.parameterSchema().getFields().size();
            int found = values.getRoot().getFieldVectors().size();
            if (expected != found) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The statement has %d parameters but values for %d were sent".formatted(expected, found));
            }
            if (expected > 0) {
                rows = Optional.of(ParameterRows.copyOf(values.getRoot()));
            }
        }
        return rows;
    }

    /** Closes a statement; harmless if it is not open. */
    void close(ByteString handle, Caller caller) {
        String name = handle.toStringUtf8();
        if (open.getIfPresent(name) != null) {
            find(handle, caller);
            open.invalidate(name);
        }
    }
}
