package dev.tarn.writer.arrow;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Schemas between Iceberg and Arrow. Iceberg field ids travel in the Arrow field metadata under {@link
 * #FIELD_ID_KEY}. Types without an Arrow type of their own are stored as others and carry the name of an extension: a uuid
 * is a fixed-size binary of 16 bytes ({@code arrow.uuid}), geometry and geography are WKB ({@code geoarrow.wkb}), a variant
 * is a struct of the binaries {@code metadata} and {@code value} ({@code arrow.parquet.variant}).
 */
public final class ArrowSchemas {
    /** Key of the Arrow field metadata that holds the Iceberg field id, as other engines write it. */
    public static final String FIELD_ID_KEY = "PARQUET:field_id";

    static final String EXTENSION_NAME_KEY = ArrowType.ExtensionType.EXTENSION_METADATA_KEY_NAME;
    private static final String UUID_EXTENSION = "arrow.uuid";
    private static final String VARIANT_EXTENSION = "arrow.parquet.variant";

    /** The part of a variant that holds the names of fields. */
    public static final String VARIANT_METADATA = "metadata";

    /** The part of a variant that holds the value. */
    public static final String VARIANT_VALUE = "value";

    private static final int UUID_BYTES = 16;

    private ArrowSchemas() {}

    /**
     * The Arrow schema that holds rows of an Iceberg schema.
     *
     * @throws TarnException UNSUPPORTED naming the column, for types that this version does not know
     */
    public static Schema toArrow(org.apache.iceberg.Schema schema) {
        List<Field> fields = new ArrayList<>();
        schema.columns().forEach(column -> fields.add(toArrow(column)));
        return new Schema(fields);
    }

    /**
     * The Arrow field of one Iceberg column.
     *
     * @throws TarnException UNSUPPORTED naming the column
     */
    public static Field toArrow(Types.NestedField column) {
        return toArrow(column.name(), column.type(), column.fieldId(), column.isOptional());
    }

    /**
     * An Iceberg schema for an Arrow schema, with fresh field ids from 1 on.
     *
     * @throws TarnException UNSUPPORTED naming the column, for Arrow types that have no Iceberg type
     */
    public static org.apache.iceberg.Schema toIceberg(Schema schema) {
        // Ids of one level come before those of the levels below, as Iceberg assigns them.
        AtomicInteger lastId = new AtomicInteger();
        return new org.apache.iceberg.Schema(icebergFields(schema.getFields(), lastId));
    }

    private static Field toArrow(String name, Type type, int id, boolean nullable) {
        Map<String, String> metadata = new HashMap<>();
        metadata.put(FIELD_ID_KEY, Integer.toString(id));
        putExtension(type, metadata);
        List<Field> children = new ArrayList<>();
        ArrowType arrowType;
        switch (type.typeId()) {
            case STRUCT -> {
                arrowType = ArrowType.Struct.INSTANCE;
                type.asStructType().fields().forEach(field -> children.add(toArrow(field)));
            }
            case LIST -> {
                Types.ListType list = type.asListType();
                arrowType = ArrowType.List.INSTANCE;
                children.add(toArrow("element", list.elementType(), list.elementId(), list.isElementOptional()));
            }
            case MAP -> {
                Types.MapType map = type.asMapType();
                arrowType = new ArrowType.Map(false);
                children.add(new Field(
                        "entries",
                        FieldType.notNullable(ArrowType.Struct.INSTANCE),
                        List.of(
                                toArrow("key", map.keyType(), map.keyId(), false),
                                toArrow("value", map.valueType(), map.valueId(), map.isValueOptional()))));
            }
            case VARIANT -> {
                arrowType = ArrowType.Struct.INSTANCE;
                for (String part : List.of(VARIANT_METADATA, VARIANT_VALUE)) {
                    children.add(new Field(part, FieldType.notNullable(ArrowType.Binary.INSTANCE), List.of()));
                }
            }
            default -> arrowType = primitive(name, type);
        }
        return new Field(name, new FieldType(nullable, arrowType, null, metadata), children);
    }

    private static void putExtension(Type type, Map<String, String> metadata) {
        switch (type.typeId()) {
            case UUID -> putExtension(UUID_EXTENSION, "", metadata);
            case VARIANT -> putExtension(VARIANT_EXTENSION, "", metadata);
            case GEOMETRY, GEOGRAPHY -> putExtension(GeoArrow.EXTENSION, GeoArrow.metadata(type), metadata);
            default -> {}
        }
    }

    private static void putExtension(String name, String about, Map<String, String> metadata) {
        metadata.put(EXTENSION_NAME_KEY, name);
        metadata.put(ArrowType.ExtensionType.EXTENSION_METADATA_KEY_METADATA, about);
    }

    private static ArrowType primitive(String name, Type type) {
        return switch (type.typeId()) {
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case INTEGER -> new ArrowType.Int(32, true);
            case LONG -> new ArrowType.Int(64, true);
            case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIME -> new ArrowType.Time(TimeUnit.MICROSECOND, 64);
            case TIMESTAMP ->
                new ArrowType.Timestamp(
                        TimeUnit.MICROSECOND, ((Types.TimestampType) type).shouldAdjustToUTC() ? "UTC" : null);
            case TIMESTAMP_NANO ->
                new ArrowType.Timestamp(
                        TimeUnit.NANOSECOND, ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "UTC" : null);
            case STRING -> ArrowType.Utf8.INSTANCE;
            case UUID -> new ArrowType.FixedSizeBinary(UUID_BYTES);
            case FIXED -> new ArrowType.FixedSizeBinary(((Types.FixedType) type).length());
            case BINARY, GEOMETRY, GEOGRAPHY -> ArrowType.Binary.INSTANCE;
            case UNKNOWN -> ArrowType.Null.INSTANCE;
            case DECIMAL -> {
                Types.DecimalType decimal = (Types.DecimalType) type;
                yield new ArrowType.Decimal(decimal.precision(), decimal.scale(), 128);
            }
            default ->
                throw new TarnException(
                        ErrorKind.UNSUPPORTED,
                        "Column '%s' has type %s, which this version does not know".formatted(name, type));
        };
    }

    private static List<Types.NestedField> icebergFields(List<Field> fields, AtomicInteger lastId) {
        int first = lastId.get() + 1;
        lastId.addAndGet(fields.size());
        List<Types.NestedField> columns = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Type type = icebergType(field, lastId);
            columns.add(
                    // A column of type unknown holds nothing but nulls, whatever Arrow says about it.
                    field.isNullable() || type.typeId() == Type.TypeID.UNKNOWN
                            ? Types.NestedField.optional(first + i, field.getName(), type)
                            : Types.NestedField.required(first + i, field.getName(), type));
        }
        return columns;
    }

    private static Type icebergType(Field field, AtomicInteger lastId) {
        if (field.getDictionary() != null) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Column '%s' is dictionary-encoded in Arrow; decode it before writing".formatted(field.getName()));
        }
        ArrowType type = field.getType();
        List<Field> children = field.getChildren();
        if (isVariant(field)) {
            return Types.VariantType.get();
        }
        return switch (type.getTypeID()) {
            case RunEndEncoded -> icebergType(children.get(1), lastId);
            case Struct -> Types.StructType.of(icebergFields(children, lastId));
            case List, LargeList, FixedSizeList, ListView, LargeListView -> {
                int elementId = lastId.incrementAndGet();
                Type element = icebergType(children.get(0), lastId);
                yield children.get(0).isNullable()
                        ? Types.ListType.ofOptional(elementId, element)
                        : Types.ListType.ofRequired(elementId, element);
            }
            case Map -> {
                List<Field> entry = children.get(0).getChildren();
                int keyId = lastId.incrementAndGet();
                int valueId = lastId.incrementAndGet();
                Type key = icebergType(entry.get(0), lastId);
                Type value = icebergType(entry.get(1), lastId);
                yield entry.get(1).isNullable()
                        ? Types.MapType.ofOptional(keyId, valueId, key, value)
                        : Types.MapType.ofRequired(keyId, valueId, key, value);
            }
            default -> icebergPrimitive(field);
        };
    }

    private static Type icebergPrimitive(Field field) {
        ArrowType type = field.getType();
        return switch (type.getTypeID()) {
            case Null -> Types.UnknownType.get();
            case Bool -> Types.BooleanType.get();
            case Int -> icebergInteger(field, (ArrowType.Int) type);
            case FloatingPoint ->
                ((ArrowType.FloatingPoint) type).getPrecision() == FloatingPointPrecision.DOUBLE
                        ? Types.DoubleType.get()
                        : Types.FloatType.get();
            case Date -> Types.DateType.get();
            case Time -> Types.TimeType.get();
            case Timestamp -> {
                ArrowType.Timestamp timestamp = (ArrowType.Timestamp) type;
                boolean zoned = timestamp.getTimezone() != null;
                if (timestamp.getUnit() == TimeUnit.NANOSECOND) {
                    yield zoned ? Types.TimestampNanoType.withZone() : Types.TimestampNanoType.withoutZone();
                }
                yield zoned ? Types.TimestampType.withZone() : Types.TimestampType.withoutZone();
            }
            case Utf8, LargeUtf8, Utf8View -> Types.StringType.get();
            case Binary, LargeBinary, BinaryView ->
                GeoArrow.isGeo(field) ? GeoArrow.icebergType(field) : Types.BinaryType.get();
            case FixedSizeBinary -> {
                int length = ((ArrowType.FixedSizeBinary) type).getByteWidth();
                boolean uuid = UUID_EXTENSION.equals(field.getMetadata().get(EXTENSION_NAME_KEY));
                yield uuid && length == UUID_BYTES ? Types.UUIDType.get() : Types.FixedType.ofLength(length);
            }
            case Decimal -> {
                ArrowType.Decimal decimal = (ArrowType.Decimal) type;
                if (decimal.getPrecision() > 38) {
                    throw unsupported(field);
                }
                yield Types.DecimalType.of(decimal.getPrecision(), decimal.getScale());
            }
            default -> throw unsupported(field);
        };
    }

    private static Type icebergInteger(Field field, ArrowType.Int type) {
        int bitsNeeded = type.getIsSigned() ? type.getBitWidth() : type.getBitWidth() + 1;
        if (bitsNeeded > 64) {
            throw unsupported(field);
        }
        return bitsNeeded <= 32 ? Types.IntegerType.get() : Types.LongType.get();
    }

    private static boolean isVariant(Field field) {
        return field.getType().getTypeID() == ArrowType.ArrowTypeID.Struct
                && VARIANT_EXTENSION.equals(field.getMetadata().get(EXTENSION_NAME_KEY));
    }

    private static TarnException unsupported(Field field) {
        return new TarnException(
                ErrorKind.UNSUPPORTED,
                "Column '%s' has the Arrow type %s, for which Iceberg has no type; cast it before writing"
                        .formatted(field.getName(), field.getType()));
    }
}
