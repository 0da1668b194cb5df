package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.RuleAction;
import dev.tarn.writer.contract.gate.ContractOptions;
import dev.tarn.writer.contract.gate.Contracts;
import dev.tarn.writer.contract.gate.RejectsTable;
import dev.tarn.writer.ingest.WriteGate;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Option;

/** The flags of commands that hold their rows to a contract. */
final class ContractFlags {
    @Option(
            names = "--contract",
            paramLabel = "FILE",
            description = "Hold the rows to this data contract; default the one that the table is bound to, if any.")
    private String file = "";

    @Option(
            names = "--on-violation",
            paramLabel = "ACTION",
            description = {
                "What happens to rows that break the contract where it does not say so itself: fail (the default),",
                "drop, quarantine (into NAMESPACE.TABLE__rejects) or null-out."
            })
    private String action = "";

    /**
     * The gates for a table; none without a contract.
     *
     * @throws TarnException INVALID for an unknown action, or one without a contract
     */
    List<WriteGate.Factory> gates(CatalogConnection connection, TableIdentifier identifier, Table table) {
        Optional<Contract> contract =
                file.isEmpty() ? Contracts.bound(table) : Optional.of(ContractFile.contract(file));
        if (contract.isEmpty()) {
            if (!action.isEmpty()) {
                throw new TarnException(
                        ErrorKind.INVALID,
                        "--on-violation needs a contract: name one with --contract, or bind the table to one");
            }
            return List.of();
        }
        ContractOptions options = ContractOptions.defaults()
                .withAction(action())
                .withRejects(RejectsTable.beside(connection.catalog(), identifier))
                .withLookup(name -> connection.load(ContractTestCommand.inNamespaceOf(identifier, name)));
        return List.of(Contracts.gate(contract.get(), options));
    }

    private RuleAction action() {
        if (action.isEmpty()) {
            return RuleAction.FAIL;
        }
        return RuleAction.find(action)
                .orElseThrow(() -> new TarnException(
                        ErrorKind.INVALID,
                        "--on-violation must be fail, drop, quarantine or null-out but was '%s'".formatted(action)));
    }
}
