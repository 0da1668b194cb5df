package dev.tarn.cli.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jline.utils.WCWidth;

/**
 * Aligned columns for people. The first rows decide the widths; a wider cell that comes later moves its own line only.
 * Control characters are shown as escapes, so that data cannot drive the terminal.
 */
final class TableWriter implements ResultWriter {
    /** How many rows are held to find the widths: bounds memory and the wait for the first line. */
    private static final int ROWS_THAT_DECIDE = 1_000;

    private final PrintStream out;
    private final List<String> names = new ArrayList<>();
    private final List<Boolean> rightAligned = new ArrayList<>();
    private final List<String[]> held = new ArrayList<>();
    private int[] widths = new int[0];
    private boolean headerPrinted;

    TableWriter(OutputStream out) {
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    @Override
    public void begin(Schema schema) {
        for (Field field : schema.getFields()) {
            names.add(printable(field.getName()));
            ArrowType type = field.getType();
            rightAligned.add(type instanceof ArrowType.Int
                    || type instanceof ArrowType.FloatingPoint
                    || type instanceof ArrowType.Decimal);
        }
    }

    @Override
    public void batch(VectorSchemaRoot rows) {
        List<FieldVector> vectors = rows.getFieldVectors();
        for (int row = 0; row < rows.getRowCount(); row++) {
            String[] cells = new String[vectors.size()];
            for (int column = 0; column < cells.length; column++) {
                cells[column] = printable(Cells.text(Cells.value(vectors.get(column), row)));
            }
            if (headerPrinted) {
                line(cells);
                continue;
            }
            held.add(cells);
            if (held.size() == ROWS_THAT_DECIDE) {
                printHeld();
            }
        }
    }

    @Override
    public void end() {
        if (!headerPrinted) {
            printHeld();
        }
        out.flush();
    }

    private void printHeld() {
        widths = new int[names.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(names.get(column));
            for (String[] cells : held) {
                widths[column] = Math.max(widths[column], width(cells[column]));
            }
        }
        line(names.toArray(String[]::new));
        StringBuilder rule = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            rule.append(column == 0 ? "" : "+").append("-".repeat(widths[column] + 2));
        }
        out.println(rule);
        held.forEach(this::line);
        held.clear();
        headerPrinted = true;
    }

    private void line(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.length; column++) {
            String padding = " ".repeat(Math.max(0, widths[column] - width(cells[column])));
            line.append(column == 0 ? " " : " | ");
            line.append(rightAligned.get(column) ? padding + cells[column] : cells[column] + padding);
        }
        out.println(line.toString().stripTrailing());
    }

    private static int width(String text) {
        return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }

    private static String printable(String text) {
        boolean clean = text.codePoints().noneMatch(Character::isISOControl);
        if (clean) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        escaped.append("\\u%04x".formatted(c));
                    } else {
                        escaped.appendCodePoint(c);
                    }
                }
            }
        });
        return escaped.toString();
    }
}
