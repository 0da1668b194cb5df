/**
 * The stores in SQL: one layer of statements for two databases, which differ in a {@link dev.tarn.catalog.store.sql.Dialect}
 * and in how a transaction is carried out.
 *
 * <p>Start reading at {@link dev.tarn.catalog.store.sql.SqlChanges} for the statements, and at
 * {@link dev.tarn.catalog.store.sql.Transactions} for how they become durable.
 */
@NullMarked
package dev.tarn.catalog.store.sql;

import org.jspecify.annotations.NullMarked;
