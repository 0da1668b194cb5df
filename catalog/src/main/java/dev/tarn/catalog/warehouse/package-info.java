/**
 * The warehouses of a server: what may be set for one, the resources that are open for one, and how they are made, changed
 * and dropped.
 *
 * <p>Start reading at {@link dev.tarn.catalog.warehouse.OpenWarehouses}.
 */
@NullMarked
package dev.tarn.catalog.warehouse;

import org.jspecify.annotations.NullMarked;
