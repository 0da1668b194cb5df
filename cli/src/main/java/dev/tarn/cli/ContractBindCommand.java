package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.gate.Contracts;
import java.nio.charset.StandardCharsets;
import org.apache.iceberg.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn contract bind}. */
@Command(
        name = "bind",
        description = {
            "Bind a table to a contract, whose text and hash go into the properties of the table.",
            "From then on 'tarn copy' holds every load to it."
        })
final class ContractBindCommand implements Runnable {
    /** Every commit and every load of the table carries its properties. */
    private static final int MAX_BYTES = 256 << 10;

    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Option(names = "--table", required = true, paramLabel = "NAMESPACE.TABLE", description = "The table.")
    private String table = "";

    @Parameters(arity = "1", paramLabel = "FILE", description = "The contract.")
    private String file = "";

    ContractBindCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        byte[] bytes = ContractFile.bytes(file);
        Contract contract = ContractFile.contract(file);
        if (bytes.length > MAX_BYTES) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "The contract has %d bytes but may have %d in the properties of a table; set %s to its location instead"
                            .formatted(bytes.length, MAX_BYTES, Contracts.LOCATION_PROPERTY));
        }
        try (CatalogConnection connection = flags.open(console)) {
            Table target = connection.load(table);
            // A contract without this table would refuse every load.
            contract.table(target.name());
            target.updateProperties()
                    .set(Contracts.TEXT_PROPERTY, new String(bytes, StandardCharsets.UTF_8))
                    .set(Contracts.HASH_PROPERTY, contract.hash())
                    .set(Contracts.VERSION_PROPERTY, contract.version())
                    .remove(Contracts.LOCATION_PROPERTY)
                    .commit();
            console.say("Table %s is bound to contract %s".formatted(table, contract.label()));
        }
    }
}
