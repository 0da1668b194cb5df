/**
 * The commit path: a fair queue per object, metadata files, and one store transaction with three endings.
 *
 * <p>Start reading at {@link dev.tarn.catalog.commit.ObjectCommits}.
 */
@NullMarked
package dev.tarn.catalog.commit;

import org.jspecify.annotations.NullMarked;
