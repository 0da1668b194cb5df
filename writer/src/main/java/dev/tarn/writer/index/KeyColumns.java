package dev.tarn.writer.index;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The columns that identify a row of a table, in the order in which they were named. Immutable. */
public final class KeyColumns {
    /** Bytes in which a key has to fit to be kept as it is instead of as a digest. */
    private static final int EXACT_BYTES = 16;

    private final Schema schema;
    private final boolean exact;

    private KeyColumns(Schema schema) {
        this.schema = schema;
        this.exact = schema.columns().stream()
                        .mapToInt(column -> width(column.type()))
                        .sum()
                <= EXACT_BYTES;
    }

    /**
     * The columns of the given names.
     *
     * @throws TarnException INVALID if there are none, one is unknown, named twice, nested or of a floating-point or
     *     semi-structured type
     */
    public static KeyColumns of(Table table, List<String> names) {
        if (names.isEmpty()) {
            throw new TarnException(
                    ErrorKind.INVALID, "A change of table %s needs at least one key column".formatted(table.name()));
        }
        Set<String> seen = new HashSet<>();
        List<Types.NestedField> fields = new ArrayList<>();
        for (String name : names) {
            Types.NestedField field = column(table, name);
            if (!seen.add(name)) {
                throw new TarnException(ErrorKind.INVALID, "Key column '%s' is named twice".formatted(name));
            }
            refuseUnfit(field);
            fields.add(field);
        }
        return new KeyColumns(new Schema(fields));
    }

    /**
     * A top-level column.
     *
     * @throws TarnException INVALID if the table has none of this name
     */
    public static Types.NestedField column(Table table, String name) {
        List<Types.NestedField> columns = table.schema().columns();
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new TarnException(
                        ErrorKind.INVALID,
                        "Table %s has no column '%s'%s"
                                .formatted(
                                        table.name(),
                                        name,
                                        NearestName.hint(
                                                name,
                                                columns.stream()
                                                        .map(Types.NestedField::name)
                                                        .toList()))));
    }

    /** The key columns alone, with their ids in the table. */
    public Schema schema() {
        return schema;
    }

    /** Field ids in key order. */
    public List<Integer> ids() {
        return schema.columns().stream().map(Types.NestedField::fieldId).toList();
    }

    /** Names and types in words, as messages and the index file show them. */
    public String describe() {
        return schema.columns().stream()
                .map(column -> column.fieldId() + ":" + column.type())
                .collect(Collectors.joining(","));
    }

    /** Whether 128 bits hold the whole key, so that two keys never share them. */
    boolean exact() {
        return exact;
    }

    /** Bytes of a value in a key; too many for {@link #EXACT_BYTES} where they vary. */
    private static int width(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN, INTEGER, LONG, DATE, TIME, TIMESTAMP, TIMESTAMP_NANO -> Long.BYTES;
            case UUID, DECIMAL -> EXACT_BYTES;
            default -> EXACT_BYTES + 1;
        };
    }

    private static void refuseUnfit(Types.NestedField field) {
        switch (field.type().typeId()) {
            case BOOLEAN,
                    INTEGER,
                    LONG,
                    DATE,
                    TIME,
                    TIMESTAMP,
                    TIMESTAMP_NANO,
                    STRING,
                    UUID,
                    FIXED,
                    BINARY,
                    DECIMAL -> {}
            default ->
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Column '%s' of type %s cannot be a key; keys are primitive and not floating-point"
                                .formatted(field.name(), field.type()));
        }
    }
}
