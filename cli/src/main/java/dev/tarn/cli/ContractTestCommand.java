package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.cli.sql.FlightSqlConnection;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.contract.Contract;
import dev.tarn.writer.contract.ContractReport;
import dev.tarn.writer.contract.RuleOutcome;
import dev.tarn.writer.contract.gate.ContractOptions;
import dev.tarn.writer.contract.gate.Contracts;
import dev.tarn.writer.contract.gate.TableContract;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn contract test}. */
@Command(
        name = "test",
        description = {
            "Test every row of a table against a contract, by default the one that the table is bound to.",
            "Queries run on the Flight SQL server. Fails if a rule of severity error is broken."
        })
final class ContractTestCommand implements Callable<Integer> {
    /** Enough to find the cause; the rest is one query away. */
    private static final int MAX_SAMPLES = 10;

    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--table", required = true, paramLabel = "NAMESPACE.TABLE", description = "The table.")
    private String table = "";

    @Option(names = "--branch", paramLabel = "NAME", description = "A branch of the table; default main.")
    private String branch = SnapshotRef.MAIN_BRANCH;

    @Option(names = "--flight", paramLabel = "URI", description = "Flight SQL server; default grpc://127.0.0.1:32010.")
    private String flight = "";

    @Option(
            names = "--samples",
            split = ",",
            paramLabel = "COLUMN",
            description = "Name bad rows by these columns, mostly the key; without it no value of a row is printed.")
    private List<String> samples = new ArrayList<>();

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The contract.")
    private String file = "";

    ContractTestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Map<String, String> given = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(given, "client.flight-uri", flight);
        TarnSettings settings = flags.read(console, given);
        ClientSettings client = settings.client();
        try (CatalogConnection connection = CatalogConnection.open(settings);
                FlightSqlConnection sql = FlightSqlConnection.open(
                        client.flightUri(), client.login().forFlight())) {
            TableIdentifier identifier = CatalogConnection.identifier(table);
            Table target = connection.load(table);
            ContractOptions options = ContractOptions.defaults()
                    .withLookup(name -> connection.load(inNamespaceOf(identifier, name)))
                    .withSql(new FlightSqlRules(sql, identifier))
                    .withSamples(samples, samples.isEmpty() ? 0 : MAX_SAMPLES);
            ContractReport report = TableContract.test(contract(target), target, branch, options);
            print(report);
            return (report.passed() ? ExitCode.OK : ExitCode.BAD_INPUT).number();
        }
    }

    private Contract contract(Table target) {
        if (!file.isEmpty()) {
            return ContractFile.contract(file);
        }
        return Contracts.bound(target)
                .orElseThrow(() -> new TarnException(
                        ErrorKind.NOT_FOUND,
                        "Table %s is bound to no contract; name a file, or bind one with 'tarn contract bind'"
                                .formatted(table)));
    }

    /** Contracts name other tables without a namespace, mostly. */
    static String inNamespaceOf(TableIdentifier table, String name) {
        return name.contains(".") ? name : table.namespace() + "." + name;
    }

    private void print(ContractReport report) {
        if (Documents.isJson(output.format)) {
            Documents.print(console, report.toJson().toString());
            return;
        }
        Rows rows = Rows.of(
                Column.text("status"),
                Column.text("rule"),
                Column.text("columns"),
                Column.text("severity"),
                Column.text("found"),
                Column.text("samples"));
        for (RuleOutcome outcome : report.outcomes()) {
            rows.add(
                    outcome.status().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    outcome.rule().id(),
                    outcome.rule().columnText(),
                    outcome.rule().severity().name().toLowerCase(Locale.ROOT),
                    outcome.found(),
                    String.join("; ", outcome.samples()));
        }
        rows.print(output.writer(console));
        console.say("%d rows, %d of %d rules broken"
                .formatted(
                        report.rowsChecked(),
                        report.violations().size(),
                        report.outcomes().size()));
    }
}
