package dev.tarn.writer.change;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.index.KeyColumns;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What must still hold of a table when changes that were written for it are committed.
 *
 * @param uuid of the table
 * @param keys columns that must be there as they were; null if none matter
 */
record TableIdentity(UUID uuid, @Nullable KeyColumns keys) {
    static TableIdentity of(Table table, KeyColumns keys) {
        return new TableIdentity(table.uuid(), keys);
    }

    static TableIdentity of(Table table) {
        return new TableIdentity(table.uuid(), null);
    }

    /**
     * Refreshes the table.
     *
     * @throws TarnException NOT_FOUND if it was dropped, CONFLICT if another has its name now or a key column changed
     */
    void refresh(Table table) {
        try {
            table.refresh();
        } catch (NoSuchTableException | NotFoundException e) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Table %s was dropped while it was written; nothing was committed".formatted(table.name()),
                    e);
        } catch (IllegalStateException e) {
            // Iceberg's own check of the table's id.
            throw new TarnException(ErrorKind.CONFLICT, replaced(table), e);
        }
        check(table);
    }

    /**
     * Looks at a table as it is in memory.
     *
     * @throws TarnException CONFLICT if another has its name now or a key column changed
     */
    void check(Table table) {
        if (!table.uuid().equals(uuid)) {
            throw new TarnException(ErrorKind.CONFLICT, replaced(table));
        }
        if (keys == null) {
            return;
        }
        for (Types.NestedField key : keys.schema().columns()) {
            Types.NestedField now = table.schema().findField(key.fieldId());
            if (now == null || !now.type().equals(key.type()) || !now.name().equals(key.name())) {
                throw conflict(
                        table,
                        now == null
                                ? "lost its key column '%s'".formatted(key.name())
                                : "changed its key column '%s' from %s to '%s' %s"
                                        .formatted(key.name(), key.type(), now.name(), now.type()));
            }
        }
    }

    private static String replaced(Table table) {
        return "Table %s was replaced by another of its name while it was written; nothing was committed, write again"
                .formatted(table.name());
    }

    private static TarnException conflict(Table table, String change) {
        return new TarnException(
                ErrorKind.CONFLICT,
                "Table %s %s while it was written; nothing was committed, write again".formatted(table.name(), change));
    }
}
