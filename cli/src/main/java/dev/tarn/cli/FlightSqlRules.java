package dev.tarn.cli;

import dev.tarn.cli.output.ResultWriter;
import dev.tarn.cli.sql.FlightSqlConnection;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.gate.SqlRules;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;

/** Runs the queries of contracts on a Flight SQL server. Not thread-safe; the connection stays its owner's. */
final class FlightSqlRules implements SqlRules {
    private final FlightSqlConnection connection;
    private final TableIdentifier table;

    FlightSqlRules(FlightSqlConnection connection, TableIdentifier table) {
        this.connection = connection;
        this.table = table;
    }

    @Override
    public BigDecimal run(String query, String column, Table ignored, String branch) {
        String name = Arrays.stream(table.namespace().levels())
                        .map(FlightSqlRules::quoted)
                        .collect(Collectors.joining("."))
                + "."
                + quoted(table.name());
        String version =
                branch.equals(SnapshotRef.MAIN_BRANCH) ? "" : " FOR VERSION AS OF '" + branch.replace("'", "''") + "'";
        String sql = query.replace("${table}", name + version)
                .replace("${object}", name + version)
                .replace("${column}", quoted(column))
                .replace("${property}", quoted(column));
        OneNumber answer = new OneNumber();
        connection.run(sql, answer);
        return answer.number();
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Takes the one value of the one row. */
    private static final class OneNumber implements ResultWriter {
        private final List<Object> values = new ArrayList<>();
        private int columns;

        @Override
        public void begin(Schema schema) {
            columns = schema.getFields().size();
        }

        @Override
        public void batch(VectorSchemaRoot rows) {
            if (columns != 1 || values.size() + rows.getRowCount() > 1) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "A query of a contract must give one number, but gave several rows or columns");
            }
            FieldVector vector = rows.getVector(0);
            for (int row = 0; row < rows.getRowCount(); row++) {
                // The null of an aggregate over no rows counts nothing.
                values.add(vector.isNull(row) ? BigDecimal.ZERO : vector.getObject(row));
            }
        }

        @Override
        public void end() {
            // The number is read when it is asked for.
        }

        BigDecimal number() {
            if (values.isEmpty()) {
                throw new TarnException(
                        ErrorKind.INVALID, "A query of a contract must give one number, but gave no row");
            }
            Object value = values.get(0);
            try {
                return new BigDecimal(value.toString());
            } catch (NumberFormatException e) {
                throw new TarnException(
                        ErrorKind.INVALID, "A query of a contract must give one number, but gave another type", e);
            }
        }
    }
}
