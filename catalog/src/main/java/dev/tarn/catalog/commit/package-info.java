/**
 * The commit path: a fair queue per table, metadata files, and one store transaction with three endings.
 *
 * <p>Start reading at {@link dev.tarn.catalog.commit.TableCommits}.
 */
@NullMarked
package dev.tarn.catalog.commit;

import org.jspecify.annotations.NullMarked;
