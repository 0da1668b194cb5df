/**
 * The {@code tarn} command: one class per command, and the wiring of the all-in-one server by hand.
 *
 * <p>Start reading at {@link dev.tarn.cli.Main} and {@code Commands}.
 */
@NullMarked
package dev.tarn.cli;

import org.jspecify.annotations.NullMarked;
