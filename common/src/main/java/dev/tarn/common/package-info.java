/**
 * What every other module stands on: settings, data sizes, secrets, error kinds, orderly closing and retries. Depends on
 * the JDK, slf4j-api and jspecify only, so that any module may use it.
 *
 * <p>Start reading at {@link dev.tarn.common.TarnException} and {@link dev.tarn.common.SettingsReader}.
 */
@NullMarked
package dev.tarn.common;

import org.jspecify.annotations.NullMarked;
