package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The narrowest schema that takes the rows of files with types of their own. Confined to one thread. */
final class TypeUnion {
    /** Columns of one schema: the REST catalog takes no more. */
    private static final int MAX_COLUMNS = 10_000;

    private static final int MAX_PRECISION = 38;

    private final ColumnMapping mapping;
    private final Map<String, Column> columns = new LinkedHashMap<>();

    private record Column(String name, Type type, String file) {}

    TypeUnion(ColumnMapping mapping) {
        this.mapping = mapping;
    }

    /**
     * Takes the columns of a file.
     *
     * @throws TarnException INVALID naming column and both files, if no type takes both
     */
    void add(String location, Schema schema) {
        String file = BadRowException.fileName(location);
        for (Types.NestedField field : schema.columns()) {
            String key = SourceColumns.comparable(field.name(), mapping.by());
            Column known = columns.get(key);
            Type type =
                    known == null ? field.type() : union(field.name(), known.type(), field.type(), known.file(), file);
            columns.put(key, new Column(known == null ? field.name() : known.name(), type, file));
        }
        if (columns.size() > MAX_COLUMNS) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The files have %d columns but a table takes %d".formatted(columns.size(), MAX_COLUMNS));
        }
    }

    /** The schema of all columns, which are optional, with fresh ids. */
    Schema schema() {
        AtomicInteger lastId = new AtomicInteger(columns.size());
        List<Types.NestedField> fields = new ArrayList<>();
        columns.values()
                .forEach(column -> fields.add(Types.NestedField.optional(
                        fields.size() + 1, column.name(), renumbered(column.type(), lastId))));
        return new Schema(fields);
    }

    private static Type union(String name, Type one, Type other, String file, String otherFile) {
        if (one.isPrimitiveType() && other.isPrimitiveType()) {
            if (one.equals(other)) {
                return one;
            }
            if (one.typeId() == Type.TypeID.DECIMAL && other.typeId() == Type.TypeID.DECIMAL) {
                return decimal(name, (Types.DecimalType) one, (Types.DecimalType) other, file, otherFile);
            }
            if (are(one, other, Type.TypeID.INTEGER, Type.TypeID.LONG)) {
                return Types.LongType.get();
            }
            if (are(one, other, Type.TypeID.FLOAT, Type.TypeID.DOUBLE)) {
                return Types.DoubleType.get();
            }
        } else if (one.typeId() == other.typeId()) {
            return nested(name, one, other, file, otherFile);
        }
        throw conflict(name, one, other, file, otherFile);
    }

    private static boolean are(Type one, Type other, Type.TypeID narrow, Type.TypeID wide) {
        return (one.typeId() == narrow && other.typeId() == wide) || (one.typeId() == wide && other.typeId() == narrow);
    }

    private static Type decimal(
            String name, Types.DecimalType one, Types.DecimalType other, String file, String otherFile) {
        int scale = Math.max(one.scale(), other.scale());
        int whole = Math.max(one.precision() - one.scale(), other.precision() - other.scale());
        if (whole + scale > MAX_PRECISION) {
            throw conflict(name, one, other, file, otherFile);
        }
        return Types.DecimalType.of(whole + scale, scale);
    }

    /** Ids are those of either file here; they are given anew at the end. */
    private static Type nested(String name, Type one, Type other, String file, String otherFile) {
        return switch (one.typeId()) {
            case LIST ->
                Types.ListType.ofOptional(
                        1,
                        union(
                                name + ".element",
                                one.asListType().elementType(),
                                other.asListType().elementType(),
                                file,
                                otherFile));
            case MAP ->
                Types.MapType.ofOptional(
                        1,
                        2,
                        union(
                                name + ".key",
                                one.asMapType().keyType(),
                                other.asMapType().keyType(),
                                file,
                                otherFile),
                        union(
                                name + ".value",
                                one.asMapType().valueType(),
                                other.asMapType().valueType(),
                                file,
                                otherFile));
            default -> {
                Map<String, Type> fields = new LinkedHashMap<>();
                one.asStructType().fields().forEach(field -> fields.put(field.name(), field.type()));
                for (Types.NestedField field : other.asStructType().fields()) {
                    Type known = fields.get(field.name());
                    fields.put(
                            field.name(),
                            known == null
                                    ? field.type()
                                    : union(name + "." + field.name(), known, field.type(), file, otherFile));
                }
                List<Types.NestedField> all = new ArrayList<>();
                fields.forEach((field, type) -> all.add(Types.NestedField.optional(all.size() + 1, field, type)));
                yield Types.StructType.of(all);
            }
        };
    }

    private static Type renumbered(Type type, AtomicInteger lastId) {
        return switch (type.typeId()) {
            case LIST ->
                Types.ListType.ofOptional(
                        lastId.incrementAndGet(), renumbered(type.asListType().elementType(), lastId));
            case MAP ->
                Types.MapType.ofOptional(
                        lastId.incrementAndGet(),
                        lastId.incrementAndGet(),
                        renumbered(type.asMapType().keyType(), lastId),
                        renumbered(type.asMapType().valueType(), lastId));
            case STRUCT ->
                Types.StructType.of(type.asStructType().fields().stream()
                        .map(field -> Types.NestedField.optional(
                                lastId.incrementAndGet(), field.name(), renumbered(field.type(), lastId)))
                        .toList());
            default -> type;
        };
    }

    private static TarnException conflict(String name, Type one, Type other, String file, String otherFile) {
        return new TarnException(
                ErrorKind.INVALID,
                "Column '%s' is %s in %s but %s in %s; load them one after the other into a table that you create"
                        .formatted(name, one, file, other, otherFile));
    }
}
