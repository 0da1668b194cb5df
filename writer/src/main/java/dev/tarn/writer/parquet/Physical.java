package dev.tarn.writer.parquet;

import org.apache.parquet.schema.PrimitiveType;

/** How values of a column lie in memory and in plain encoding. */
enum Physical {
    BOOLEAN,
    INT,
    LONG,
    /** Bits of a float, kept as an int. */
    FLOAT,
    /** Bits of a double, kept as a long. */
    DOUBLE,
    BYTES,
    FIXED;

    static Physical of(PrimitiveType type) {
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> BOOLEAN;
            case INT32 -> INT;
            case INT64 -> LONG;
            case FLOAT -> FLOAT;
            case DOUBLE -> DOUBLE;
            case BINARY -> BYTES;
            case FIXED_LEN_BYTE_ARRAY -> FIXED;
            case INT96 -> throw new IllegalArgumentException("INT96 is not written");
        };
    }
}
