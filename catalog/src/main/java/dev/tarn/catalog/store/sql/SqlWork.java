package dev.tarn.catalog.store.sql;

import java.sql.SQLException;

/** Statements that belong together. It may run more than once, so that it must change nothing but the database. */
@FunctionalInterface
interface SqlWork<T> {
    T run(SqlSession session) throws SQLException;
}
