/**
 * SQL through a stock Flight SQL client, one statement at a time or in a shell.
 *
 * <p>Start reading at {@link dev.tarn.cli.sql.FlightSqlConnection} and {@link dev.tarn.cli.sql.SqlShell}.
 */
@NullMarked
package dev.tarn.cli.sql;

import org.jspecify.annotations.NullMarked;
