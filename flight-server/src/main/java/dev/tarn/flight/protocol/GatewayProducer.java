package dev.tarn.flight.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.flight.engine.Caller;
import dev.tarn.flight.results.ParameterRows;
import dev.tarn.flight.results.QueryAllocators;
import dev.tarn.flight.results.ResultStreams;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.FlightSqlUtils;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementUpdate;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutPreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.DoPutUpdateResult;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The Flight SQL commands. Each method takes its message apart and hands the work to the class that knows it; nothing
 * here blocks on a client except where a client sends data. Thread-safe.
 */
final class GatewayProducer implements FlightSqlProducer {
    private static final List<ActionType> ACTIONS = List.of(
            FlightSqlUtils.FLIGHT_SQL_CREATE_PREPARED_STATEMENT,
            FlightSqlUtils.FLIGHT_SQL_CLOSE_PREPARED_STATEMENT,
            FlightSqlUtils.FLIGHT_SQL_CANCEL_QUERY,
            FlightConstants.CANCEL_FLIGHT_INFO,
            FlightConstants.RENEW_FLIGHT_ENDPOINT,
            FlightConstants.SET_SESSION_OPTIONS,
            FlightConstants.GET_SESSION_OPTIONS,
            FlightConstants.CLOSE_SESSION);

    private final Statements statements;
    private final PreparedStatements prepared;
    private final SessionActions sessions;
    private final MetadataAnswers metadata;
    private final SqlInfoAnswer sqlInfo;
    private final ResultStreams streams;
    private final QueryAllocators allocators;

    GatewayProducer(
            Statements statements,
            PreparedStatements prepared,
            SessionActions sessions,
            MetadataAnswers metadata,
            SqlInfoAnswer sqlInfo,
            ResultStreams streams,
            QueryAllocators allocators) {
        this.statements = statements;
        this.prepared = prepared;
        this.sessions = sessions;
        this.metadata = metadata;
        this.sqlInfo = sqlInfo;
        this.streams = streams;
        this.allocators = allocators;
    }

    @Override
    public void listActions(CallContext context, StreamListener<ActionType> listener) {
        ACTIONS.forEach(listener::onNext);
        listener.onCompleted();
    }

    @Override
    public void listFlights(CallContext context, Criteria criteria, StreamListener<FlightInfo> listener) {
        // Results belong to whoever asked for them; there is nothing to browse.
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfoStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        refuseTransaction(command.hasTransactionId());
        return statements.plan(command.getQuery(), Optional.empty(), CallIdentity.of(context), descriptor);
    }

    @Override
    public SchemaResult getSchemaStatement(
            CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return new SchemaResult(statements.resultSchema(command.getQuery(), CallIdentity.of(context)));
    }

    @Override
    public void getStreamStatement(TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
        statements.send(ticket, CallIdentity.of(context), listener);
    }

    @Override
    public Runnable acceptPutStatement(
            CommandStatementUpdate command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        refuseTransaction(command.hasTransactionId());
        CallIdentity identity = CallIdentity.of(context);
        return () -> answerUpdate(statements.update(command.getQuery(), Optional.empty(), identity), listener);
    }

    @Override
    public void createPreparedStatement(
            ActionCreatePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        refuseTransaction(request.hasTransactionId());
        CallIdentity identity = CallIdentity.of(context);
        ByteString handle = prepared.create(request.getQuery(), identity);
        PreparedStatements.PreparedStatement statement = prepared.find(handle, identity.caller());
        ActionCreatePreparedStatementResult result = ActionCreatePreparedStatementResult.newBuilder()
                .setPreparedStatementHandle(handle)
                .setDatasetSchema(bytes(statement.resultSchema()))
                .setParameterSchema(bytes(statement.parameterSchema()))
                .build();
        listener.onNext(new Result(Any.pack(result).toByteArray()));
        listener.onCompleted();
    }

    @Override
    public void closePreparedStatement(
            ActionClosePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        prepared.close(request.getPreparedStatementHandle(), caller(context));
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        CallIdentity identity = CallIdentity.of(context);
        PreparedStatements.PreparedStatement statement =
                prepared.find(command.getPreparedStatementHandle(), identity.caller());
        return statements.plan(statement.sql(), statement.parameters(), identity, descriptor);
    }

    @Override
    public SchemaResult getSchemaPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return new SchemaResult(prepared.find(command.getPreparedStatementHandle(), caller(context))
                .resultSchema());
    }

    @Override
    public void getStreamPreparedStatement(
            CommandPreparedStatementQuery command, CallContext context, ServerStreamListener listener) {
        CallIdentity identity = CallIdentity.of(context);
        PreparedStatements.PreparedStatement statement =
                prepared.find(command.getPreparedStatementHandle(), identity.caller());
        statements.sendUnplanned(statement.sql(), statement.parameters(), identity, listener);
    }

    @Override
    public Runnable acceptPutPreparedStatementQuery(
            CommandPreparedStatementQuery command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        Caller caller = caller(context);
        return () -> {
            prepared.bind(command.getPreparedStatementHandle(), stream, caller);
            DoPutPreparedStatementResult result = DoPutPreparedStatementResult.newBuilder()
                    .setPreparedStatementHandle(command.getPreparedStatementHandle())
                    .build();
            answerPut(result, listener);
        };
    }

    @Override
    public Runnable acceptPutPreparedStatementUpdate(
            CommandPreparedStatementUpdate command,
            CallContext context,
            FlightStream stream,
            StreamListener<PutResult> listener) {
        CallIdentity identity = CallIdentity.of(context);
        return () -> {
            PreparedStatements.PreparedStatement statement =
                    prepared.find(command.getPreparedStatementHandle(), identity.caller());
            Optional<ParameterRows> values = prepared.read(stream, statement).or(statement::parameters);
            answerUpdate(statements.update(statement.sql(), values, identity), listener);
        };
    }

    @Override
    public void cancelFlightInfo(
            CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
        statements.cancel(request.getInfo(), caller(context));
        listener.onNext(CancelStatus.CANCELLED);
        listener.onCompleted();
    }

    /** Deprecated by the protocol, and still what older clients send. */
    @Override
    @SuppressWarnings("deprecation")
    public void cancelQuery(FlightInfo info, CallContext context, StreamListener<CancelResult> listener) {
        statements.cancel(info, caller(context));
        listener.onNext(CancelResult.CANCELLED);
        listener.onCompleted();
    }

    @Override
    public void renewFlightEndpoint(
            RenewFlightEndpointRequest request, CallContext context, StreamListener<FlightEndpoint> listener) {
        listener.onNext(statements.renew(request.getFlightEndpoint(), caller(context)));
        listener.onCompleted();
    }

    @Override
    public void setSessionOptions(
            SetSessionOptionsRequest request, CallContext context, StreamListener<SetSessionOptionsResult> listener) {
        listener.onNext(sessions.set(request, CallIdentity.of(context)));
        listener.onCompleted();
    }

    @Override
    public void getSessionOptions(
            GetSessionOptionsRequest request, CallContext context, StreamListener<GetSessionOptionsResult> listener) {
        listener.onNext(sessions.get(CallIdentity.of(context)));
        listener.onCompleted();
    }

    @Override
    public void closeSession(
            CloseSessionRequest request, CallContext context, StreamListener<CloseSessionResult> listener) {
        listener.onNext(sessions.close(CallIdentity.of(context)));
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfoSqlInfo(
            CommandGetSqlInfo command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_SQL_INFO_SCHEMA, descriptor);
    }

    @Override
    public void getStreamSqlInfo(CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
        streams.run(() -> sqlInfo.send(command.getInfoList(), listener), listener);
    }

    @Override
    public FlightInfo getFlightInfoTypeInfo(
            CommandGetXdbcTypeInfo command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_TYPE_INFO_SCHEMA, descriptor);
    }

    @Override
    public void getStreamTypeInfo(CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener listener) {
        streams.send(sink -> TypeInfoAnswer.write(command, sink), listener);
    }

    @Override
    public FlightInfo getFlightInfoCatalogs(
            CommandGetCatalogs command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_CATALOGS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
        streams.send(metadata::catalogs, listener);
    }

    @Override
    public FlightInfo getFlightInfoSchemas(
            CommandGetDbSchemas command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_SCHEMAS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamSchemas(CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
        Caller caller = caller(context);
        streams.send(sink -> metadata.dbSchemas(command, caller, sink), listener);
    }

    @Override
    public FlightInfo getFlightInfoTables(CommandGetTables command, CallContext context, FlightDescriptor descriptor) {
        Schema schema = command.getIncludeSchema() ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
        return metadataInfo(schema, descriptor);
    }

    @Override
    public void getStreamTables(CommandGetTables command, CallContext context, ServerStreamListener listener) {
        Caller caller = caller(context);
        streams.send(sink -> metadata.tables(command, caller, sink), listener);
    }

    @Override
    public FlightInfo getFlightInfoTableTypes(
            CommandGetTableTypes command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_TABLE_TYPES_SCHEMA, descriptor);
    }

    @Override
    public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
        streams.send(metadata::tableTypes, listener);
    }

    @Override
    public FlightInfo getFlightInfoPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_PRIMARY_KEYS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamPrimaryKeys(
            CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
        Caller caller = caller(context);
        streams.send(sink -> metadata.primaryKeys(command, caller, sink), listener);
    }

    @Override
    public FlightInfo getFlightInfoExportedKeys(
            CommandGetExportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_EXPORTED_KEYS_SCHEMA, descriptor);
    }

    @Override
    public FlightInfo getFlightInfoImportedKeys(
            CommandGetImportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_IMPORTED_KEYS_SCHEMA, descriptor);
    }

    @Override
    public FlightInfo getFlightInfoCrossReference(
            CommandGetCrossReference command, CallContext context, FlightDescriptor descriptor) {
        return metadataInfo(Schemas.GET_CROSS_REFERENCE_SCHEMA, descriptor);
    }

    @Override
    public void getStreamExportedKeys(
            CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
        streams.send(sink -> metadata.none(Schemas.GET_EXPORTED_KEYS_SCHEMA, sink), listener);
    }

    @Override
    public void getStreamImportedKeys(
            CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
        streams.send(sink -> metadata.none(Schemas.GET_IMPORTED_KEYS_SCHEMA, sink), listener);
    }

    @Override
    public void getStreamCrossReference(
            CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
        streams.send(sink -> metadata.none(Schemas.GET_CROSS_REFERENCE_SCHEMA, sink), listener);
    }

    @Override
    public void close() {
        // The server closes what it has made.
    }

    private static void refuseTransaction(boolean asked) {
        if (asked) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED, "This server has no transactions; send the statement without one");
        }
    }

    private static Caller caller(CallContext context) {
        return CallIdentity.of(context).caller();
    }

    /** The ticket of metadata is the command itself: nothing is pinned, so any replica can answer it at any time. */
    private static FlightInfo metadataInfo(Schema schema, FlightDescriptor descriptor) {
        FlightEndpoint endpoint =
                FlightEndpoint.builder(new Ticket(descriptor.getCommand())).build();
        return FlightInfo.builder(schema, descriptor, List.of(endpoint)).build();
    }

    private void answerUpdate(long rows, StreamListener<PutResult> listener) {
        answerPut(DoPutUpdateResult.newBuilder().setRecordCount(rows).build(), listener);
    }

    private void answerPut(Message result, StreamListener<PutResult> listener) {
        byte[] bytes = result.toByteArray();
        BufferAllocator allocator = allocators.open("put-result");
        try (ArrowBuf buffer = allocator.buffer(bytes.length)) {
            buffer.writeBytes(bytes);
            listener.onNext(PutResult.metadata(buffer));
            listener.onCompleted();
        } finally {
            allocators.retire(allocator);
        }
    }

    private static ByteString bytes(Schema schema) {
        return ByteString.copyFrom(MetadataAnswers.serialized(schema));
    }
}
