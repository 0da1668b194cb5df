package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tarn table create}. */
@Command(
        name = "create",
        description = "Create a table; its namespace is created as well where it does not exist.",
        footer = {
            "",
            "Example: tarn table create shop.orders --schema 'id long not null, placed timestamptz, total decimal(12,2)' \\",
            "             --partition 'month(placed)' --partition 'bucket(16, id)'"
        })
final class TableCreateCommand implements Runnable {
    private final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before it runs anything
    private CommandSpec spec;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Option(names = "--schema", paramLabel = "COLUMNS", description = "name type [not null], separated by commas.")
    private String schema = "";

    @Option(names = "--schema-json", paramLabel = "FILE", description = "The schema in Iceberg's JSON form.")
    private String schemaJson = "";

    @Option(
            names = "--partition",
            paramLabel = "FIELD",
            description = "A column, or year|month|day|hour(COLUMN), bucket|truncate(N, COLUMN); may be repeated.")
    private List<String> partition = new ArrayList<>();

    @Option(names = "--format-version", paramLabel = "N", description = "1 to 3; default ${DEFAULT-VALUE}.")
    private int formatVersion = 3;

    @Option(names = "--property", paramLabel = "KEY=VALUE", description = "Table property; may be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Succeed if the table exists.")
    private boolean ifNotExists;

    @Parameters(arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    TableCreateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        TableIdentifier identifier = CatalogConnection.identifier(table);
        Schema columns = columns();
        PartitionSpec partitioning = TableDefinitions.partitionSpec(columns, partition);
        Map<String, String> all = new LinkedHashMap<>(properties);
        all.put(TableProperties.FORMAT_VERSION, String.valueOf(formatVersion));
        try (CatalogConnection connection = flags.open(console)) {
            try {
                connection.createNamespaceIfAbsent(identifier.namespace());
                connection.catalog().createTable(identifier, columns, partitioning, all);
                console.say("Created " + identifier);
            } catch (AlreadyExistsException e) {
                if (!ifNotExists) {
                    throw e;
                }
                console.say(identifier + " exists");
            }
        }
    }

    private Schema columns() {
        if (schema.isEmpty() == schemaJson.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Give one of --schema and --schema-json");
        }
        if (!schema.isEmpty()) {
            return TableDefinitions.schema(schema);
        }
        try {
            return SchemaParser.fromJson(Files.readString(Path.of(schemaJson)));
        } catch (IOException | IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "Cannot read a schema from '%s': %s".formatted(schemaJson, e), e);
        }
    }
}
