package dev.tarn.cli;

import dev.tarn.cli.output.OutputFormat;
import dev.tarn.cli.output.ResultWriter;
import picocli.CommandLine.Option;

/** The flag that chooses the form of results. */
final class OutputFlags {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "Form of the result: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    OutputFormat format = OutputFormat.TABLE;

    ResultWriter writer(Console console) {
        return format.writer(console.out());
    }
}
