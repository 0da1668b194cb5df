/**
 * How results are printed: every command hands Arrow batches to a {@code ResultWriter}, whatever the form.
 *
 * <p>Start reading at {@link dev.tarn.cli.output.ResultWriter} and {@link dev.tarn.cli.output.OutputFormat}.
 */
@NullMarked
package dev.tarn.cli.output;

import org.jspecify.annotations.NullMarked;
