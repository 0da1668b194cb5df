/**
 * Real things for tests to run against: the S3 endpoint of this machine, Iceberg catalogs in SQLite, free ports and Java
 * processes that can be killed. Nothing here is part of the product.
 *
 * <p>Start reading at {@link dev.tarn.testkit.S3Fixture} and {@link dev.tarn.testkit.JdbcCatalogs}.
 */
@NullMarked
package dev.tarn.testkit;

import org.jspecify.annotations.NullMarked;
