package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn version}. */
@Command(name = "version", description = "Print the versions of Tarn, Java and the main libraries.")
final class VersionCommand implements Runnable {
    private final Console console;

    @Mixin
    private OutputFlags output = new OutputFlags();

    VersionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Rows.of(Column.text("name"), Column.text("version"))
                .add("tarn", BuildVersion.TARN)
                .add("java", Runtime.version().toString())
                .add("iceberg", BuildVersion.ICEBERG)
                .add("arrow", BuildVersion.ARROW)
                .add("duckdb", BuildVersion.DUCKDB)
                .print(output.writer(console));
    }
}
