/**
 * The Flight SQL commands: one handler per group of commands, all thin.
 *
 * <p>Start reading at {@link dev.tarn.flight.protocol.Gateway}.
 */
@NullMarked
package dev.tarn.flight.protocol;

import org.jspecify.annotations.NullMarked;
