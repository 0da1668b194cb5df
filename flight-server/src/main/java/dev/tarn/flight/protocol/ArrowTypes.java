package dev.tarn.flight.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Shows the columns of an Iceberg table as Arrow fields with the metadata that Flight SQL clients look for. */
final class ArrowTypes {
    private static final int DECIMAL_BITS = 128;

    private ArrowTypes() {}

    static Schema schema(String catalog, TableIdentifier table, org.apache.iceberg.Schema schema) {
        List<Field> fields = new ArrayList<>();
        for (Types.NestedField column : schema.columns()) {
            fields.add(field(column, columnMetadata(catalog, table, column)));
        }
        return new Schema(fields);
    }

    private static Map<String, String> columnMetadata(String catalog, TableIdentifier table, Types.NestedField column) {
        FlightSqlColumnMetadata.Builder metadata = new FlightSqlColumnMetadata.Builder()
                .catalogName(catalog)
                .schemaName(table.namespace().toString())
                .tableName(table.name())
                .typeName(sqlName(column.type()))
                .isAutoIncrement(false)
                .isCaseSensitive(column.type().typeId() == Type.TypeID.STRING)
                .isReadOnly(true)
                .isSearchable(!column.type().isNestedType());
        if (precision(column.type()) > 0) {
            metadata.precision(precision(column.type())).scale(scale(column.type()));
        }
        if (column.doc() != null) {
            metadata.remarks(column.doc());
        }
        return metadata.build().getMetadataMap();
    }

    private static Field field(Types.NestedField column, Map<String, String> metadata) {
        return field(column.name(), column.type(), column.isOptional(), metadata);
    }

    private static Field field(String name, Type type, boolean nullable, Map<String, String> metadata) {
        return new Field(name, new FieldType(nullable, arrowType(type), null, metadata), children(type));
    }

    private static List<Field> children(Type type) {
        return switch (type.typeId()) {
            case STRUCT ->
                type.asStructType().fields().stream()
                        .map(child -> field(child, Map.of()))
                        .toList();
            case LIST ->
                List.of(field(
                        "element",
                        type.asListType().elementType(),
                        type.asListType().isElementOptional(),
                        Map.of()));
            case MAP -> {
                Types.MapType map = type.asMapType();
                Field key = field("key", map.keyType(), false, Map.of());
                Field value = field("value", map.valueType(), map.isValueOptional(), Map.of());
                FieldType entry = new FieldType(false, ArrowType.Struct.INSTANCE, null);
                yield List.of(new Field("entries", entry, List.of(key, value)));
            }
            default -> List.of();
        };
    }

    private static ArrowType arrowType(Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case INTEGER -> new ArrowType.Int(32, true);
            case LONG -> new ArrowType.Int(64, true);
            case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case DECIMAL -> new ArrowType.Decimal(precision(type), scale(type), DECIMAL_BITS);
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIME -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
            case TIMESTAMP ->
                new ArrowType.Timestamp(
                        TimeUnit.MICROSECOND, ((Types.TimestampType) type).shouldAdjustToUTC() ? "UTC" : null);
            case TIMESTAMP_NANO ->
                new ArrowType.Timestamp(
                        TimeUnit.NANOSECOND, ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "UTC" : null);
            case STRUCT -> ArrowType.Struct.INSTANCE;
            case LIST -> ArrowType.List.INSTANCE;
            case MAP -> new ArrowType.Map(false);
            case FIXED, BINARY -> ArrowType.Binary.INSTANCE;
            // Text is what the engine delivers for the rest: UUIDs, and types that it does not know.
            default -> ArrowType.Utf8.INSTANCE;
        };
    }

    /** The name of the type in SQL, as it could be written in a cast. */
    private static String sqlName(Type type) {
        return switch (type.typeId()) {
            case LONG -> "BIGINT";
            case FLOAT -> "REAL";
            case STRING -> "VARCHAR";
            case FIXED, BINARY -> "BLOB";
            case TIMESTAMP ->
                ((Types.TimestampType) type).shouldAdjustToUTC() ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
            case TIMESTAMP_NANO ->
                ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP_NS";
            default -> type.typeId().name().toUpperCase(Locale.ROOT);
        };
    }

    /** Decimal digits of a number; 0 for what is no number. */
    private static int precision(Type type) {
        return switch (type.typeId()) {
            case INTEGER -> 10;
            case LONG -> 19;
            case FLOAT -> 7;
            case DOUBLE -> 15;
            case DECIMAL -> ((Types.DecimalType) type).precision();
            default -> 0;
        };
    }

    private static int scale(Type type) {
        return type.typeId() == Type.TypeID.DECIMAL ? ((Types.DecimalType) type).scale() : 0;
    }
}
