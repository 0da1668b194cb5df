package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.writer.contract.ContractLint;
import dev.tarn.writer.contract.ContractParser;
import dev.tarn.writer.contract.LintFinding;
import dev.tarn.writer.contract.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn contract lint}. */
@Command(
        name = "lint",
        description = "Print what is wrong in contracts, and what nothing enforces, with the line; fails for errors.")
final class ContractLintCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--strict", description = "Fail for warnings, as unknown keys, too.")
    private boolean strict;

    @Parameters(arity = "1..*", paramLabel = "FILE")
    private List<String> files = new ArrayList<>();

    ContractLintCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Rows rows = Rows.of(
                Column.text("file"),
                Column.number("line"),
                Column.text("severity"),
                Column.text("path"),
                Column.text("message"));
        boolean broken = false;
        for (String file : files) {
            ContractLint lint = ContractParser.lint(ContractFile.bytes(file));
            for (LintFinding finding : lint.findings()) {
                String severity = finding.severity().name().toLowerCase(Locale.ROOT);
                rows.add(file, finding.line(), severity, finding.path(), finding.message());
                broken |= strict || finding.severity() == Severity.ERROR;
            }
            lint.contract()
                    .ifPresent(contract -> console.say("%s: contract %s with %d rules for %d tables"
                            .formatted(
                                    file,
                                    contract.label(),
                                    contract.tables().stream()
                                            .mapToInt(table -> table.rules().size())
                                            .sum(),
                                    contract.tables().size())));
        }
        rows.print(output.writer(console));
        return (broken ? ExitCode.BAD_INPUT : ExitCode.OK).number();
    }
}
