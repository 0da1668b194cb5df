package dev.tarn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of all commands. */
@Command(
        name = "tarn",
        description = "A lakehouse in one process: Iceberg REST catalog, writer, maintenance and Arrow Flight SQL.",
        footer = {
            "",
            "Results are printed on stdout, progress and messages on stderr.",
            "'tarn exit-codes' lists what each exit code means."
        })
final class TarnCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before it runs anything
    CommandSpec spec;

    @Option(
            names = "--stack-trace",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure as well.")
    boolean stackTrace;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing");
    }
}
