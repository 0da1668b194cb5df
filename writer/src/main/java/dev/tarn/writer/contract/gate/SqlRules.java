package dev.tarn.writer.contract.gate;

import java.math.BigDecimal;
import org.apache.iceberg.Table;

/** Runs the queries of a contract: the seam to an engine, which this library has none of. */
@FunctionalInterface
public interface SqlRules {
    /**
     * Runs a query that gives one number.
     *
     * @param query with {@code ${table}} and {@code ${column}} where names belong
     * @param column the column that the query is for; empty where it is for the table
     * @param table the table that is tested
     * @param branch which of its branches
     * @throws dev.tarn.common.TarnException INVALID if it is no query for one number, UNAVAILABLE without an engine
     */
    BigDecimal run(String query, String column, Table table, String branch);
}
