package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tarn contract ...}. */
@Command(
        name = "contract",
        description = {
            "Check data contracts, and tables against them: Open Data Contract Standard 3",
            "and data contract specification 0.9 and 1."
        })
final class ContractCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before it runs anything
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }
}
