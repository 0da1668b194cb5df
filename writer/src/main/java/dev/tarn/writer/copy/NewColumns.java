package dev.tarn.writer.copy;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Types;

/** Adds the columns to a table that it lacks. Columns that it has stay as they are. */
final class NewColumns {
    private NewColumns() {}

    /** The schema with the columns, which the table does not get. */
    static Schema preview(Table table, Schema wanted, ColumnMapping mapping) {
        return update(table, wanted, mapping).apply();
    }

    /** The schema of the table, which has the columns from now on. */
    static Schema add(Table table, Schema wanted, ColumnMapping mapping) {
        UpdateSchema update = update(table, wanted, mapping);
        if (update.apply().sameSchema(table.schema())) {
            return table.schema();
        }
        try {
            update.commit();
        } catch (CommitFailedException e) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Cannot add columns to table %s, which somebody else changes too; run the load again"
                            .formatted(table.name()),
                    e);
        }
        table.refresh();
        return table.schema();
    }

    private static UpdateSchema update(Table table, Schema wanted, ColumnMapping mapping) {
        Set<String> known = new HashSet<>();
        for (Types.NestedField column : table.schema().columns()) {
            known.add(SourceColumns.comparable(column.name(), mapping.by()));
        }
        UpdateSchema update = table.updateSchema();
        for (Types.NestedField column : wanted.columns()) {
            if (!known.contains(SourceColumns.comparable(column.name(), mapping.by()))) {
                update.addColumn(column.name(), column.type());
            }
        }
        return update;
    }
}
