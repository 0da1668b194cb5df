/**
 * Scan planning: manifests decoded once into columns, filters evaluated on those columns, and plans that any replica can
 * answer because everything about them is in their signed tokens.
 *
 * <p>Start reading at {@link dev.tarn.catalog.planning.ScanPlanner}.
 */
@NullMarked
package dev.tarn.catalog.planning;

import org.jspecify.annotations.NullMarked;
