package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.arrow.ArrowSchemas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/** Brings table and batches together before anything is written: refuses columns that the table lacks, or adds them. */
final class SchemaAlignment {
    /** Writers that change one schema at once wait for each other; more than these are not a race but a fault. */
    private static final int MAX_ATTEMPTS = 10;

    private SchemaAlignment() {}

    /**
     * Checks the batches against the table's schema, evolving it first if the options say so. Another writer that evolves
     * it at the same time is no conflict: what is still missing is added to what it made.
     *
     * @throws TarnException INVALID naming the column; CONFLICT if the schema keeps changing
     */
    static void align(Table table, org.apache.arrow.vector.types.pojo.Schema batches, IngestOptions options) {
        switch (options.evolution()) {
            case FREEZE ->
                MatchedColumns.of(table.schema(), batches, options.columnMatching())
                        .refuseUnknown(table.name(), table.schema(), batches);
            case EVOLVE -> evolve(table, batches, options.columnMatching());
            case DISCARD_ROW, DISCARD_VALUE -> MatchedColumns.of(table.schema(), batches, options.columnMatching());
        }
    }

    private static void evolve(
            Table table, org.apache.arrow.vector.types.pojo.Schema batches, ColumnMatching matching) {
        for (int attempt = 1; ; attempt++) {
            try {
                Optional<UpdateSchema> update = update(table, batches, matching);
                if (update.isEmpty()) {
                    return;
                }
                update.get().commit();
                table.refresh();
                return;
            } catch (CommitFailedException | CommitStateUnknownException e) {
                // Whoever was first, the table now tells what is still missing.
                if (attempt == MAX_ATTEMPTS) {
                    throw new TarnException(
                            ErrorKind.CONFLICT,
                            "The schema of table %s changed %d times while columns were being added; write again"
                                    .formatted(table.name(), MAX_ATTEMPTS),
                            e);
                }
                table.refresh();
            } catch (IllegalArgumentException e) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "The schema of table %s cannot evolve to that of the batches: %s"
                                .formatted(table.name(), e.getMessage()),
                        e);
            }
        }
    }

    /** The change that makes the batches fit; empty if they do. */
    private static Optional<UpdateSchema> update(
            Table table, org.apache.arrow.vector.types.pojo.Schema batches, ColumnMatching matching) {
        Schema schema = table.schema();
        MatchedColumns matched = MatchedColumns.of(schema, batches, matching);
        List<Types.NestedField> given = ArrowSchemas.toIceberg(batches).columns();
        List<Types.NestedField> wanted = new ArrayList<>();
        Set<Integer> covered = new HashSet<>();
        for (int i = 0; i < given.size(); i++) {
            Types.NestedField field = given.get(i);
            Optional<Types.NestedField> existing = matched.columns().get(i);
            if (existing.isEmpty()) {
                wanted.add(field.asOptional());
                continue;
            }
            covered.add(existing.get().fieldId());
            if (changes(existing.get().type(), field.type())) {
                Types.NestedField renamed = Types.NestedField.from(field)
                        .withName(existing.get().name())
                        .build();
                wanted.add(existing.get().isRequired() ? renamed.asRequired() : renamed.asOptional());
            }
        }
        UpdateSchema update = table.updateSchema();
        if (!wanted.isEmpty()) {
            update.unionByNameWith(new Schema(wanted));
        }
        for (Types.NestedField column : schema.columns()) {
            if (column.isRequired() && column.writeDefault() == null && !covered.contains(column.fieldId())) {
                update.makeColumnOptional(column.name());
            }
        }
        return update.apply().sameSchema(schema) ? Optional.empty() : Optional.of(update);
    }

    private static boolean changes(Type existing, Type given) {
        if (existing.isPrimitiveType() && given.isPrimitiveType()) {
            return !existing.equals(given) && TypeUtil.isPromotionAllowed(existing, given.asPrimitiveType());
        }
        return existing.isNestedType() && given.isNestedType();
    }
}
