package dev.tarn.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** One object per row: as one array, or one object per line. */
final class JsonWriter implements ResultWriter {
    private final JsonGenerator json;
    private final boolean isArray;
    private long rows;

    private JsonWriter(OutputStream out, boolean isArray) {
        this.json = Cells.generator(out);
        this.isArray = isArray;
    }

    static JsonWriter array(OutputStream out) {
        return new JsonWriter(out, true);
    }

    static JsonWriter lines(OutputStream out) {
        return new JsonWriter(out, false);
    }

    @Override
    public void begin(Schema schema) {
        if (isArray) {
            raw("[");
        }
    }

    @Override
    public void batch(VectorSchemaRoot batch) {
        List<FieldVector> vectors = batch.getFieldVectors();
        try {
            for (int row = 0; row < batch.getRowCount(); row++) {
                if (rows++ > 0) {
                    raw(isArray ? ",\n" : "\n");
                }
                json.writeStartObject();
                for (FieldVector vector : vectors) {
                    json.writeFieldName(vector.getName());
                    Object value = Cells.value(vector, row);
                    if (value instanceof Long && Column.isId(vector.getField())) {
                        json.writeString(value.toString());
                    } else {
                        Cells.writeJson(json, value);
                    }
                }
                json.writeEndObject();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }

    @Override
    public void end() {
        if (isArray) {
            raw("]\n");
        } else if (rows > 0) {
            raw("\n");
        }
        try {
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }

    private void raw(String text) {
        try {
            json.writeRaw(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the result", e);
        }
    }
}
