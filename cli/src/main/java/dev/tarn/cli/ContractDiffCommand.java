package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.writer.contract.ContractChange;
import dev.tarn.writer.contract.ContractDiff;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tarn contract diff}. */
@Command(
        name = "diff",
        description = {
            "Print what changes when one contract replaces another, and whom it breaks: readers, whose promises",
            "are withdrawn, or writers, whose rows may be refused. Fails if it breaks anybody."
        })
final class ContractDiffCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Parameters(index = "0", paramLabel = "OLD")
    private String before = "";

    @Parameters(index = "1", paramLabel = "NEW")
    private String after = "";

    ContractDiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<ContractChange> changes =
                ContractDiff.between(ContractFile.contract(before), ContractFile.contract(after));
        Rows rows = Rows.of(Column.text("effect"), Column.text("path"), Column.text("change"));
        for (ContractChange change : changes) {
            String effect = change.effect().name().toLowerCase(Locale.ROOT).replace('_', '-');
            rows.add(effect, change.path(), change.message());
        }
        rows.print(output.writer(console));
        boolean breaking = changes.stream().anyMatch(ContractChange::isBreaking);
        return (breaking ? ExitCode.BAD_INPUT : ExitCode.OK).number();
    }
}
