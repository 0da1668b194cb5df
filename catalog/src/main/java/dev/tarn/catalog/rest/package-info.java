/**
 * The routes of the Iceberg REST protocol: parsing, rendering, idempotent replay and the one error table.
 *
 * <p>Start reading at {@link dev.tarn.catalog.rest.RestRoutes}.
 */
@NullMarked
package dev.tarn.catalog.rest;

import org.jspecify.annotations.NullMarked;
