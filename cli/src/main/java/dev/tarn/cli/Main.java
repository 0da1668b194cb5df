package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The {@code tarn} command. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    /** Runs one command and returns its exit code. */
    public static int run(Console console, String... args) {
        TarnCommand root = new TarnCommand();
        CommandLine commands = Commands.create(root, console);
        commands.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        commands.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        commands.setExecutionExceptionHandler((thrown, command, parsed) -> report(console, root, thrown));
        commands.setParameterExceptionHandler((wrong, rest) -> {
            String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
            console.say("tarn: %s; '%s --help' shows what is possible".formatted(wrong.getMessage(), name));
            return ExitCode.USAGE.number();
        });
        return commands.execute(args);
    }

    private static int report(Console console, TarnCommand root, Exception thrown) {
        TarnException failure = Failures.of(thrown);
        console.say("tarn: " + failure.getMessage());
        if (root.stackTrace) {
            thrown.printStackTrace(console.err());
        }
        boolean isUsage = thrown instanceof SettingsFlags.WrongSettings
                && (failure.kind() == ErrorKind.INVALID || failure.kind() == ErrorKind.NOT_FOUND);
        return (isUsage ? ExitCode.USAGE : ExitCode.of(failure.kind())).number();
    }
}
