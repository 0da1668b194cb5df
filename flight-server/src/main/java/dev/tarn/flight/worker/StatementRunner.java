package dev.tarn.flight.worker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBResultSet;

/** Runs or describes a statement on a connection of its own and sends Arrow. Confined to one thread. */
final class StatementRunner {
    private final DuckDBConnection connection;
    private final BufferAllocator allocator;

    StatementRunner(DuckDBConnection connection, BufferAllocator allocator) {
        this.connection = connection;
        this.allocator = allocator;
    }

    /** Sends two empty Arrow streams: the schema of the result, then the schema of the parameters. */
    void describe(String sql, FrameChannel channel) throws SQLException, IOException {
        List<String> names = new ArrayList<>();
        List<Field> parameters = new ArrayList<>();
        try (PreparedStatement original = connection.prepareStatement(sql)) {
            ResultSetMetaData columns = original.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnLabel(i));
            }
            ParameterMetaData metadata = original.getParameterMetaData();
            for (int i = 1; i <= metadata.getParameterCount(); i++) {
                parameters.add(ParameterTypes.field(i, metadata.getParameterTypeName(i)));
            }
        }
        // LIMIT 0 keeps the engine from running anything; the line break ends a comment at the end of the statement.
        String empty = "SELECT * FROM (" + sql + "\n) LIMIT 0";
        try (PreparedStatement statement = connection.prepareStatement(empty)) {
            for (int i = 1; i <= parameters.size(); i++) {
                statement.setObject(i, null);
            }
            try (DuckDBResultSet result = statement.executeQuery().unwrap(DuckDBResultSet.class);
                    ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, 1)) {
                List<Field> fields = plainFields(reader);
                List<Field> named = new ArrayList<>();
                for (int i = 0; i < fields.size(); i++) {
                    Field field = fields.get(i);
                    named.add(new Field(names.get(i), field.getFieldType(), field.getChildren()));
                }
                sendEmpty(new Schema(named), channel);
            }
        }
        sendEmpty(new Schema(parameters), channel);
    }

    void run(PreparedStatement statement, byte[] parameters, long batchRows, FrameChannel channel)
            throws SQLException, IOException {
        bind(statement, parameters);
        try (DuckDBResultSet result = statement.executeQuery().unwrap(DuckDBResultSet.class);
                ArrowReader reader = (ArrowReader) result.arrowExportStream(allocator, batchRows)) {
            DataFrameOutput output = new DataFrameOutput(channel);
            VectorSchemaRoot batch = reader.getVectorSchemaRoot();
            if (reader.getDictionaryVectors().isEmpty()) {
                try (ArrowStreamWriter writer = new ArrowStreamWriter(batch, null, output)) {
                    writer.start();
                    output.flush();
                    while (reader.loadNextBatch()) {
                        writer.writeBatch();
                        output.flush();
                    }
                    writer.end();
                    output.flush();
                }
                return;
            }
            sendDecoded(reader, batch, output);
        }
    }

    /** Sends batches whose dictionary columns are turned into plain ones. */
    private void sendDecoded(ArrowReader reader, VectorSchemaRoot batch, DataFrameOutput output) throws IOException {
        try (VectorSchemaRoot plain = VectorSchemaRoot.create(new Schema(plainFields(reader)), allocator);
                ArrowStreamWriter writer = new ArrowStreamWriter(plain, null, output)) {
            writer.start();
            output.flush();
            while (reader.loadNextBatch()) {
                for (int i = 0; i < batch.getFieldVectors().size(); i++) {
                    move(batch.getVector(i), plain.getVector(i), reader);
                }
                plain.setRowCount(batch.getRowCount());
                writer.writeBatch();
                output.flush();
                plain.clear();
            }
            writer.end();
            output.flush();
        }
    }

    private static void move(FieldVector from, FieldVector to, ArrowReader reader) throws IOException {
        if (from.getField().getDictionary() == null) {
            from.makeTransferPair(to).transfer();
            return;
        }
        Dictionary dictionary = dictionary(reader, from.getField());
        try (var decoded = DictionaryEncoder.decode(from, dictionary)) {
            decoded.makeTransferPair(to).transfer();
        }
    }

    private static Dictionary dictionary(ArrowReader reader, Field field) throws IOException {
        Dictionary dictionary =
                reader.getDictionaryVectors().get(field.getDictionary().getId());
        if (dictionary == null) {
            throw new IOException("INTERNAL Error: the dictionary of a column is missing");
        }
        return dictionary;
    }

    private static List<Field> plainFields(ArrowReader reader) throws IOException {
        List<Field> plain = new ArrayList<>();
        for (Field field : reader.getVectorSchemaRoot().getSchema().getFields()) {
            if (field.getDictionary() == null) {
                plain.add(field);
                continue;
            }
            Field values = dictionary(reader, field).getVector().getField();
            plain.add(new Field(
                    field.getName(), new FieldType(field.isNullable(), values.getType(), null), values.getChildren()));
        }
        return plain;
    }

    /** Binds one row of parameters; nothing where there are none. */
    void bind(PreparedStatement statement, byte[] parameters) throws SQLException, IOException {
        if (parameters.length == 0) {
            return;
        }
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(parameters), allocator)) {
            VectorSchemaRoot row = reader.getVectorSchemaRoot();
            if (!reader.loadNextBatch() || row.getRowCount() != 1) {
                throw new SQLException("Invalid Input Error: expected one row of parameters");
            }
            for (int i = 0; i < row.getFieldVectors().size(); i++) {
                statement.setObject(i + 1, ParameterTypes.value(row.getVector(i)));
            }
        }
    }

    private void sendEmpty(Schema schema, FrameChannel channel) throws IOException {
        DataFrameOutput output = new DataFrameOutput(channel);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, output)) {
            writer.start();
            writer.end();
            output.flush();
        }
    }
}
