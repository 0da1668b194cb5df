/**
 * The rules of the catalog as pure functions and values: names, locations, and how a change is applied to table metadata.
 *
 * <p>Start reading at {@link dev.tarn.catalog.model.TableChanges}.
 */
@NullMarked
package dev.tarn.catalog.model;

import org.jspecify.annotations.NullMarked;
