/**
 * What the maintenance jobs share and users may not touch.
 *
 * <p>Start reading at {@link dev.tarn.maintenance.internal.Json}.
 */
@NullMarked
package dev.tarn.maintenance.internal;

import org.jspecify.annotations.NullMarked;
