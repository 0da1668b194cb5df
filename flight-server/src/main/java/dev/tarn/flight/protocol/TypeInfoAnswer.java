package dev.tarn.flight.protocol;

import dev.tarn.flight.results.AnswerSink;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.List;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The SQL types that results can have, as ODBC and JDBC describe types. */
final class TypeInfoAnswer {
    private static final int NULLABLE = 1;
    private static final int SEARCHABLE = 3;
    private static final int NONE = -1;

    private static final List<Type> TYPES = List.of(
            new Type("TINYINT", Types.TINYINT, 3, "", 10),
            new Type("BIGINT", Types.BIGINT, 19, "", 10),
            new Type("BLOB", Types.VARBINARY, Integer.MAX_VALUE, "'", NONE),
            new Type("DECIMAL", Types.DECIMAL, 38, "", 10),
            new Type("INTEGER", Types.INTEGER, 10, "", 10),
            new Type("SMALLINT", Types.SMALLINT, 5, "", 10),
            new Type("REAL", Types.REAL, 24, "", 2),
            new Type("DOUBLE", Types.DOUBLE, 53, "", 2),
            new Type("VARCHAR", Types.VARCHAR, Integer.MAX_VALUE, "'", NONE),
            new Type("BOOLEAN", Types.BOOLEAN, 1, "", NONE),
            new Type("DATE", Types.DATE, 10, "'", NONE),
            new Type("TIME", Types.TIME, 15, "'", NONE),
            new Type("TIMESTAMP", Types.TIMESTAMP, 26, "'", NONE),
            new Type("TIMESTAMP WITH TIME ZONE", Types.TIMESTAMP_WITH_TIMEZONE, 32, "'", NONE));

    private TypeInfoAnswer() {}

    private record Type(String name, int sqlType, int size, String quote, int radix) {}

    static void write(CommandGetXdbcTypeInfo command, AnswerSink sink) {
        sink.write(Schemas.GET_TYPE_INFO_SCHEMA, batches -> {
            for (Type type : TYPES) {
                if (!command.hasDataType() || command.getDataType() == type.sqlType()) {
                    int row = batches.nextRow();
                    write(type, row, batches.root());
                }
            }
        });
    }

    private static void write(Type type, int row, VectorSchemaRoot root) {
        text(root, "type_name", row, type.name());
        number(root, "data_type", row, type.sqlType());
        number(root, "column_size", row, type.size());
        if (!type.quote().isEmpty()) {
            text(root, "literal_prefix", row, type.quote());
            text(root, "literal_suffix", row, type.quote());
        }
        number(root, "nullable", row, NULLABLE);
        flag(root, "case_sensitive", row, type.sqlType() == Types.VARCHAR);
        number(root, "searchable", row, SEARCHABLE);
        flag(root, "fixed_prec_scale", row, false);
        text(root, "local_type_name", row, type.name());
        number(root, "sql_data_type", row, type.sqlType());
        if (type.radix() != NONE) {
            flag(root, "unsigned_attribute", row, false);
            flag(root, "auto_increment", row, false);
            number(root, "num_prec_radix", row, type.radix());
        }
        if (type.sqlType() == Types.DECIMAL) {
            number(root, "minimum_scale", row, 0);
            number(root, "maximum_scale", row, type.size());
        }
    }

    private static void text(VectorSchemaRoot root, String column, int row, String value) {
        ((VarCharVector) root.getVector(column)).setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void number(VectorSchemaRoot root, String column, int row, int value) {
        ((IntVector) root.getVector(column)).setSafe(row, value);
    }

    private static void flag(VectorSchemaRoot root, String column, int row, boolean value) {
        ((BitVector) root.getVector(column)).setSafe(row, value ? 1 : 0);
    }
}
