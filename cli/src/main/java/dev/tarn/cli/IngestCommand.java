package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tarn ingest ...}. */
@Command(name = "ingest", description = "Let records flow into a table.")
final class IngestCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before it runs anything
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }
}
