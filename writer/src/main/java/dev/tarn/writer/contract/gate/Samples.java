package dev.tarn.writer.contract.gate;

import dev.tarn.writer.contract.check.RowMarks;
import dev.tarn.writer.internal.ColumnReaders;
import java.util.List;
import java.util.StringJoiner;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Names bad rows by the columns that the options allow; names none where they allow none. */
final class Samples {
    /** A key that is longer is cut: reports are read by people. */
    private static final int MAX_LENGTH = 100;

    private final Schema schema;
    private final ContractOptions options;

    Samples(Schema schema, ContractOptions options) {
        this.schema = schema;
        this.options = options;
    }

    void take(RuleTest test, VectorSchemaRoot batch, int[] rows, int count, RowMarks marks) {
        if (options.sampleColumns().isEmpty()) {
            return;
        }
        List<String> samples = test.samples();
        for (int i = 0; i < count && samples.size() < options.maxSamples(); i++) {
            if (marks.isSet(rows[i])) {
                samples.add(name(batch, rows[i]));
            }
        }
    }

    private String name(VectorSchemaRoot batch, int row) {
        StringJoiner name = new StringJoiner(", ");
        for (String column : options.sampleColumns()) {
            Types.NestedField field = schema.findField(column);
            FieldVector vector = batch.getVector(column);
            boolean readable = field != null && vector != null && field.type().isPrimitiveType() && !vector.isNull(row);
            String value = readable
                    ? String.valueOf(
                            ColumnReaders.values(column, field.type(), vector).at(row))
                    : "null";
            name.add(column + "=" + (value.length() > MAX_LENGTH ? value.substring(0, MAX_LENGTH) + "..." : value));
        }
        return name.toString();
    }
}
