package dev.tarn.writer.contract;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;

/** What a column of a contract holds, and which Iceberg types that allows. */
public enum ContractType {
    /** Text. */
    STRING(TypeID.STRING, TypeID.UUID),
    /** Whole numbers. */
    INTEGER(TypeID.INTEGER, TypeID.LONG),
    /** Whole numbers of 64 bits. */
    LONG(TypeID.LONG, TypeID.INTEGER),
    /** Numbers of any kind. */
    NUMBER(TypeID.DOUBLE, TypeID.FLOAT, TypeID.DECIMAL, TypeID.INTEGER, TypeID.LONG),
    /** Numbers of a fixed scale. */
    DECIMAL(TypeID.DECIMAL),
    /** Floating-point numbers of 32 bits. */
    FLOAT(TypeID.FLOAT),
    /** Floating-point numbers. */
    DOUBLE(TypeID.DOUBLE, TypeID.FLOAT),
    /** True or false. */
    BOOLEAN(TypeID.BOOLEAN),
    /** Days. */
    DATE(TypeID.DATE),
    /** Times of a day. */
    TIME(TypeID.TIME),
    /** Points in time, or dates with a time. */
    TIMESTAMP(TypeID.TIMESTAMP, TypeID.TIMESTAMP_NANO),
    /** Points in time. */
    TIMESTAMP_TZ(TypeID.TIMESTAMP, TypeID.TIMESTAMP_NANO),
    /** Dates with a time. */
    TIMESTAMP_NTZ(TypeID.TIMESTAMP, TypeID.TIMESTAMP_NANO),
    /** Bytes. */
    BYTES(TypeID.BINARY, TypeID.FIXED, TypeID.UUID),
    /** Named fields. */
    OBJECT(TypeID.STRUCT),
    /** Elements in an order. */
    ARRAY(TypeID.LIST),
    /** Values by key. */
    MAP(TypeID.MAP),
    /** Anything: the contract names no type. */
    ANY(TypeID.values());

    private static final Map<String, ContractType> WORDS = Map.ofEntries(
            Map.entry("string", STRING),
            Map.entry("text", STRING),
            Map.entry("varchar", STRING),
            Map.entry("int", INTEGER),
            Map.entry("integer", INTEGER),
            Map.entry("long", LONG),
            Map.entry("bigint", LONG),
            Map.entry("number", NUMBER),
            Map.entry("numeric", NUMBER),
            Map.entry("decimal", DECIMAL),
            Map.entry("float", FLOAT),
            Map.entry("double", DOUBLE),
            Map.entry("boolean", BOOLEAN),
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("timestamp", TIMESTAMP),
            Map.entry("timestamp_tz", TIMESTAMP_TZ),
            Map.entry("timestamp_ntz", TIMESTAMP_NTZ),
            Map.entry("bytes", BYTES),
            Map.entry("object", OBJECT),
            Map.entry("record", OBJECT),
            Map.entry("struct", OBJECT),
            Map.entry("array", ARRAY),
            Map.entry("map", MAP),
            Map.entry("null", ANY));

    private final TypeID preferred;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of, which is immutable
    private final Set<TypeID> allowed;

    ContractType(TypeID... allowed) {
        this.preferred = allowed[0];
        this.allowed = Set.of(allowed);
    }

    /** The type of a word of either standard; absent for an unknown word. */
    public static Optional<ContractType> find(String word) {
        return Optional.ofNullable(WORDS.get(word.toLowerCase(Locale.ROOT)));
    }

    /** All words of both standards. */
    static Set<String> words() {
        return WORDS.keySet();
    }

    /** The type that describes an Iceberg type best. */
    public static ContractType of(Type type) {
        if (type.typeId() == TypeID.TIMESTAMP || type.typeId() == TypeID.TIMESTAMP_NANO) {
            return TIMESTAMP;
        }
        for (ContractType candidate : values()) {
            if (candidate.preferred == type.typeId()) {
                return candidate;
            }
        }
        return ANY;
    }

    /** Whether an Iceberg column of a type keeps the promise. */
    public boolean fits(Type type) {
        return switch (this) {
            case TIMESTAMP_TZ ->
                allowed.contains(type.typeId()) && type.toString().contains("tz");
            case TIMESTAMP_NTZ ->
                allowed.contains(type.typeId()) && !type.toString().contains("tz");
            default -> allowed.contains(type.typeId());
        };
    }

    /** Whether it is one of the types of dates and times. */
    public boolean isTemporal() {
        return switch (this) {
            case DATE, TIMESTAMP, TIMESTAMP_TZ, TIMESTAMP_NTZ -> true;
            default -> false;
        };
    }

    /** The word of the specification. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
