package dev.tarn.writer.contract.gate;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;

/** Finds or makes the table that rejected rows go to. */
@FunctionalInterface
public interface RejectsTable {
    /** What is put behind the name of a table to name its table of rejects. */
    String SUFFIX = "__rejects";

    /** Property of a table of rejects that names the table that its rows were meant for. */
    String SOURCE_PROPERTY = "tarn.rejects-of";

    /**
     * Opens the table, with at least the columns of a schema.
     *
     * @param source the table that the rows were meant for
     * @param wanted the columns, all of them optional
     * @throws TarnException INVALID if the table exists with columns of other types
     */
    Table open(Table source, Schema wanted);

    /** The table beside a table, in the same namespace of a catalog. */
    static RejectsTable beside(Catalog catalog, TableIdentifier table) {
        TableIdentifier rejects = TableIdentifier.of(table.namespace(), table.name() + SUFFIX);
        return (source, wanted) -> {
            if (!catalog.tableExists(rejects)) {
                try {
                    return catalog.createTable(
                            rejects,
                            wanted,
                            PartitionSpec.unpartitioned(),
                            Map.of(
                                    TableProperties.FORMAT_VERSION,
                                    Integer.toString(TableUtil.formatVersion(source)),
                                    SOURCE_PROPERTY,
                                    table.toString()));
                } catch (AlreadyExistsException e) {
                    // Another load made it first, which is as good.
                    return evolve(catalog.loadTable(rejects), wanted);
                }
            }
            return evolve(catalog.loadTable(rejects), wanted);
        };
    }

    private static Table evolve(Table table, Schema wanted) {
        boolean complete = wanted.columns().stream()
                .allMatch(column -> table.schema().findField(column.name()) != null
                        && table.schema().findType(column.name()).equals(column.type()));
        if (complete) {
            return table;
        }
        try {
            table.updateSchema().unionByNameWith(wanted).commit();
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "Table %s cannot take rejected rows, as its columns have other types: %s; rename it to make room for a new one"
                            .formatted(table.name(), e.getMessage()),
                    e);
        }
        return table;
    }
}
