/**
 * Branches and tags of a table, and what its main branch shows.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.refs.TableRefs}.
 */
@NullMarked
package dev.tarn.maintenance.refs;

import org.jspecify.annotations.NullMarked;
