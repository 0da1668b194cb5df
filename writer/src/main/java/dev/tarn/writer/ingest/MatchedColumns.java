package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/**
 * Which column of a table each column of a batch belongs to.
 *
 * @param columns one for each column of the batch; empty where the table has none
 */
record MatchedColumns(List<Optional<Types.NestedField>> columns) {
    /** The other key of the Arrow field metadata under which field ids travel. */
    private static final String OTHER_ID_KEY = "iceberg.field-id";

    MatchedColumns {
        columns = List.copyOf(columns);
    }

    /**
     * Matches the columns of a batch.
     *
     * @throws TarnException INVALID if two of them belong to one column of the table, or an id is no number
     */
    static MatchedColumns of(Schema table, org.apache.arrow.vector.types.pojo.Schema batch, ColumnMatching matching) {
        List<Optional<Types.NestedField>> found = new ArrayList<>();
        Map<Integer, String> taken = new HashMap<>();
        for (Field field : batch.getFields()) {
            Optional<Types.NestedField> column = find(table, field, matching);
            column.map(Types.NestedField::fieldId)
                    .map(id -> taken.put(id, field.getName()))
                    .ifPresent(other -> {
                        throw new TarnException(
                                ErrorKind.INVALID,
                                "Columns '%s' and '%s' of the batch both belong to column '%s' of the table; drop one"
                                        .formatted(
                                                other,
                                                field.getName(),
                                                column.get().name()));
                    });
            found.add(column);
        }
        return new MatchedColumns(found);
    }

    /** Refuses columns that the table lacks, also inside structs. */
    void refuseUnknown(String table, Schema schema, org.apache.arrow.vector.types.pojo.Schema batch) {
        for (int i = 0; i < columns.size(); i++) {
            Field field = batch.getFields().get(i);
            Optional<Types.NestedField> column = columns.get(i);
            if (column.isEmpty()) {
                throw unknown(table, field.getName(), schema.columns());
            }
            refuseUnknownBelow(table, column.get(), field);
        }
    }

    /** The same vectors under the names that the table has for them; columns that it lacks are left out. */
    VectorSchemaRoot named(VectorSchemaRoot batch) {
        List<Field> fields = new ArrayList<>();
        List<FieldVector> vectors = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            FieldVector vector = batch.getVector(i);
            columns.get(i).ifPresent(column -> {
                Field field = vector.getField();
                fields.add(new Field(column.name(), field.getFieldType(), field.getChildren()));
                vectors.add(vector);
            });
        }
        return new VectorSchemaRoot(fields, vectors, batch.getRowCount());
    }

    /** Whether the batch may be taken as it is. */
    boolean areNamedAlike(org.apache.arrow.vector.types.pojo.Schema batch) {
        for (int i = 0; i < columns.size(); i++) {
            String name = batch.getFields().get(i).getName();
            if (!columns.get(i).map(Types.NestedField::name).equals(Optional.of(name))) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Types.NestedField> find(Schema table, Field field, ColumnMatching matching) {
        Map<String, String> metadata = field.getMetadata();
        String own = metadata.get(ArrowSchemas.FIELD_ID_KEY);
        String id = own != null ? own : metadata.get(OTHER_ID_KEY);
        if (matching == ColumnMatching.FIELD_ID && id != null) {
            return Optional.ofNullable(table.asStruct().field(parseId(field, id)));
        }
        boolean anyCase = matching == ColumnMatching.NAME_IGNORING_CASE;
        return table.columns().stream()
                .filter(column -> anyCase
                        ? column.name().equalsIgnoreCase(field.getName())
                        : column.name().equals(field.getName()))
                .findFirst();
    }

    private static int parseId(Field field, String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Column '%s' of the batch has the field id '%s', which is no number".formatted(field.getName(), id),
                    e);
        }
    }

    private static void refuseUnknownBelow(String table, Types.NestedField column, Field field) {
        if (column.type().isStructType()) {
            List<Types.NestedField> known = column.type().asStructType().fields();
            for (Field child : field.getChildren()) {
                Types.NestedField found = column.type().asStructType().field(child.getName());
                if (found == null) {
                    throw unknown(table, column.name() + "." + child.getName(), known);
                }
                refuseUnknownBelow(table, found, child);
            }
        } else if (column.type().isListType() && !field.getChildren().isEmpty()) {
            refuseUnknownBelow(
                    table,
                    column.type().asListType().fields().get(0),
                    field.getChildren().get(0));
        } else if (column.type().isMapType() && !field.getChildren().isEmpty()) {
            List<Field> entry = field.getChildren().get(0).getChildren();
            for (int i = 0; i < entry.size(); i++) {
                refuseUnknownBelow(table, column.type().asMapType().fields().get(i), entry.get(i));
            }
        }
    }

    private static TarnException unknown(String table, String name, List<Types.NestedField> siblings) {
        List<String> known = siblings.stream().map(Types.NestedField::name).toList();
        return new TarnException(
                ErrorKind.INVALID,
                "Table %s has no column '%s'%s; add it first or allow the schema to evolve"
                        .formatted(table, name, NearestName.hint(name, known)));
    }
}
