package dev.tarn.cli.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** RFC 4180: a header line, CRLF line ends, quotes where needed. Null is an empty field, an empty text is {@code ""}. */
final class CsvWriter implements ResultWriter {
    private static final String LINE_END = "\r\n";

    private final PrintStream out;

    CsvWriter(OutputStream out) {
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    @Override
    public void begin(Schema schema) {
        out.print(String.join(
                ",",
                schema.getFields().stream()
                        .map(Field::getName)
                        .map(CsvWriter::quoted)
                        .toList()));
        out.print(LINE_END);
    }

    @Override
    public void batch(VectorSchemaRoot rows) {
        List<FieldVector> vectors = rows.getFieldVectors();
        StringBuilder line = new StringBuilder();
        for (int row = 0; row < rows.getRowCount(); row++) {
            line.setLength(0);
            for (int column = 0; column < vectors.size(); column++) {
                if (column > 0) {
                    line.append(',');
                }
                FieldVector vector = vectors.get(column);
                if (!vector.isNull(row)) {
                    line.append(quoted(Cells.text(Cells.value(vector, row))));
                }
            }
            out.append(line).append(LINE_END);
        }
    }

    @Override
    public void end() {
        out.flush();
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c != ',' && c != '"' && c != '\n' && c != '\r';
        }
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
