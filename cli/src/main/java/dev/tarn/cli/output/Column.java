package dev.tarn.cli.output;

import java.util.Map;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * A column of rows that a command makes itself.
 *
 * @param name as printed
 * @param kind what its values are
 */
public record Column(String name, Kind kind) {
    private static final String ID = "tarn.id";

    /** What the values of a column are. */
    public enum Kind {
        /** String. */
        TEXT,
        /** Long. */
        NUMBER,
        /** Long that identifies something: a string in JSON, because many JSON readers lose its last digits. */
        ID,
        /** Boolean. */
        SWITCH,
        /** java.time.Instant, kept to the microsecond. */
        TIME
    }

    /** A column of texts. */
    public static Column text(String name) {
        return new Column(name, Kind.TEXT);
    }

    /** A column of whole numbers. */
    public static Column number(String name) {
        return new Column(name, Kind.NUMBER);
    }

    /** A column of 64-bit ids. */
    public static Column id(String name) {
        return new Column(name, Kind.ID);
    }

    /** A column of switches. */
    public static Column bool(String name) {
        return new Column(name, Kind.SWITCH);
    }

    /** A column of points in time. */
    public static Column time(String name) {
        return new Column(name, Kind.TIME);
    }

    /** Whether a field is a column of ids. */
    static boolean isId(Field field) {
        return field.getMetadata().containsKey(ID);
    }

    Field toField() {
        ArrowType type =
                switch (kind) {
                    case TEXT -> ArrowType.Utf8.INSTANCE;
                    case NUMBER, ID -> new ArrowType.Int(64, true);
                    case SWITCH -> ArrowType.Bool.INSTANCE;
                    case TIME -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
                };
        Map<String, String> metadata = kind == Kind.ID ? Map.of(ID, "true") : Map.of();
        return new Field(name, new FieldType(true, type, null, metadata), null);
    }
}
