/**
 * Measurements of the catalog beside its peers: the same tables, the same requests, one machine, in turns.
 *
 * <p>Start reading at {@link dev.tarn.bench.CatalogBench}.
 */
@NullMarked
package dev.tarn.bench;

import org.jspecify.annotations.NullMarked;
