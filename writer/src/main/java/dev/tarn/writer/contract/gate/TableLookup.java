package dev.tarn.writer.contract.gate;

import org.apache.iceberg.Table;

/** Finds the tables that foreign keys of a contract refer to. */
@FunctionalInterface
public interface TableLookup {
    /**
     * Loads a table.
     *
     * @param name as the contract writes it, mostly without a namespace
     * @throws dev.tarn.common.TarnException NOT_FOUND
     */
    Table load(String name);
}
