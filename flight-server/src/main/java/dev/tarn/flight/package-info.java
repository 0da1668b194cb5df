/**
 * The query gateway: a Flight SQL server in front of a query engine and an Iceberg catalog.
 *
 * <p>Start reading at {@link dev.tarn.flight.FlightSqlServer}.
 */
@NullMarked
package dev.tarn.flight;

import org.jspecify.annotations.NullMarked;
