package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn exit-codes}. */
@Command(name = "exit-codes", description = "List what each exit code means; the numbers are stable.")
final class ExitCodesCommand implements Runnable {
    private final Console console;

    @Mixin
    private OutputFlags output = new OutputFlags();

    ExitCodesCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Rows rows = Rows.of(Column.number("code"), Column.text("name"), Column.text("meaning"));
        for (ExitCode code : ExitCode.values()) {
            rows.add(code.number(), code.name(), code.meaning());
        }
        rows.print(output.writer(console));
    }
}
