package dev.tarn.writer.parquet;

import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * One step from the top of a row down to a leaf column.
 *
 * @param name dotted name for messages
 * @param child how the vector of this step is found in the one above
 * @param field name of the column or struct field; empty below lists and maps
 * @param writeDefault of a leaf that batches may leave out; in Iceberg's internal representation
 */
record PathStep(
        String name,
        Child child,
        String field,
        Type type,
        Shape shape,
        boolean optional,
        @Nullable Object writeDefault) {
    enum Shape {
        LEAF,
        STRUCT,
        REPEATED
    }

    enum Child {
        FIELD,
        ELEMENT,
        KEY,
        VALUE
    }
}
