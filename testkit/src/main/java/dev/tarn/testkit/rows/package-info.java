/**
 * Random schemas and rows of every Iceberg type, and one text for each row by which the answers of different readers are
 * compared.
 *
 * <p>Start reading at {@link dev.tarn.testkit.rows.RandomTables} and {@link dev.tarn.testkit.rows.CanonicalRows}.
 */
@NullMarked
package dev.tarn.testkit.rows;

import org.jspecify.annotations.NullMarked;
