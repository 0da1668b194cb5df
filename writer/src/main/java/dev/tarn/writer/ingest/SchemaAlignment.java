package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.NearestName;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** Brings table and batches together: refuses columns that the table lacks, or adds them. */
final class SchemaAlignment {
    private SchemaAlignment() {}

    /** Checks the batches against the table's schema, evolving it first if the rule says so. */
    static void align(Table table, org.apache.arrow.vector.types.pojo.Schema batches, SchemaEvolution rule) {
        switch (rule) {
            case FREEZE -> refuseUnknownColumns(table, batches);
            case EVOLVE -> evolve(table, batches);
        }
    }

    private static void refuseUnknownColumns(Table table, org.apache.arrow.vector.types.pojo.Schema batches) {
        List<String> known =
                table.schema().columns().stream().map(Types.NestedField::name).toList();
        for (Field field : batches.getFields()) {
            if (!known.contains(field.getName())) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "Table %s has no column '%s'%s; add it first or allow the schema to evolve"
                                .formatted(table.name(), field.getName(), NearestName.hint(field.getName(), known)));
            }
        }
    }

    private static void evolve(Table table, org.apache.arrow.vector.types.pojo.Schema batches) {
        List<Types.NestedField> wanted = new ArrayList<>();
        for (Types.NestedField field : ArrowSchemas.toIceberg(batches).columns()) {
            Types.NestedField existing = table.schema().findField(field.name());
            if (existing == null || changes(existing.type(), field.type())) {
                wanted.add(field.asOptional());
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        try {
            UpdateSchema update = table.updateSchema().unionByNameWith(new Schema(wanted));
            Schema before = table.schema();
            if (!update.apply().sameSchema(before)) {
                update.commit();
            }
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The schema of table %s cannot evolve to that of the batches: %s"
                            .formatted(table.name(), e.getMessage()),
                    e);
        }
        table.refresh();
    }

    private static boolean changes(Type existing, Type given) {
        if (existing.isPrimitiveType() && given.isPrimitiveType()) {
            return !existing.equals(given) && TypeUtil.isPromotionAllowed(existing, given.asPrimitiveType());
        }
        return existing.isNestedType() && given.isNestedType();
    }
}
