package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.copy.BadRows;
import dev.tarn.writer.copy.CopyFormat;
import dev.tarn.writer.copy.CopyInto;
import dev.tarn.writer.copy.CopyMode;
import dev.tarn.writer.copy.CopyOptions;
import dev.tarn.writer.copy.CopyProgress;
import dev.tarn.writer.copy.CopyReceipt;
import dev.tarn.writer.copy.CsvLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tarn copy}. */
@Command(
        name = "copy",
        description = {
            "Load Parquet, CSV or JSON lines files into a table in one commit; columns are matched by name.",
            "The same files are not loaded twice, unless --force is given."
        })
final class CopyCommand implements Callable<Integer> {
    private static final int FORMAT_VERSION = 3;

    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(names = "--create", description = "Create the table from the first file's columns if there is none.")
    private boolean create;

    @Option(
            names = "--partition",
            paramLabel = "FIELD",
            description = "With --create: a column, or a transform as month(COLUMN); may be repeated.")
    private List<String> partition = new ArrayList<>();

    @Option(names = "--format", paramLabel = "FORMAT", description = "parquet, csv or json; default by file name.")
    private String format = "";

    @Option(names = "--delimiter", paramLabel = "CHAR", description = "Of CSV files; default a comma.")
    private String delimiter = "";

    @Option(names = "--null-text", paramLabel = "TEXT", description = "What stands for null in CSV files.")
    private String nullText = "";

    @Option(names = "--continue-on-error", description = "Leave out rows that do not fit instead of stopping.")
    private boolean continueOnError;

    @Option(names = "--rejects", paramLabel = "FILE", description = "Where rows that are left out are written.")
    private String rejects = "";

    @Option(names = "--validate-only", description = "Read and check all files, and load nothing.")
    private boolean validateOnly;

    @Option(names = "--force", description = "Load files that were loaded before once more.")
    private boolean force;

    @Parameters(index = "0", arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Local files, folders, globs or s3:// locations.")
    private List<String> files = new ArrayList<>();

    CopyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (CatalogConnection connection = flags.open(console)) {
            CopyOptions options = options(connection.fileIoProperties());
            TableIdentifier identifier = CatalogConnection.identifier(table);
            boolean created = create && !connection.catalog().tableExists(identifier);
            Table target = created ? create(connection, identifier, options) : connection.load(table);
            try {
                CopyReceipt receipt = CopyInto.run(target, options, new Progress());
                receipt.firstErrors().forEach(console::say);
                print(receipt);
                return (receipt.rowsRejected() > 0 ? ExitCode.PARTIAL : ExitCode.OK).number();
            } catch (TarnException e) {
                // Nothing half done: a table that this command made goes with the load, unless rows may be in it.
                if (created && e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                    connection.catalog().dropTable(identifier, true);
                }
                throw e;
            }
        }
    }

    private Table create(CatalogConnection connection, TableIdentifier identifier, CopyOptions options) {
        Schema schema = CopyInto.inferSchema(options);
        PartitionSpec spec = TableDefinitions.partitionSpec(schema, partition);
        connection.createNamespaceIfAbsent(identifier.namespace());
        Table created = connection
                .catalog()
                .createTable(
                        identifier,
                        schema,
                        spec,
                        Map.of(TableProperties.FORMAT_VERSION, String.valueOf(FORMAT_VERSION)));
        console.say("Created " + identifier);
        return created;
    }

    private CopyOptions options(Map<String, String> sourceIo) {
        CopyOptions options = CopyOptions.of(files)
                .withSourceIo(sourceIo)
                .withCsv(csv())
                .withMode(mode())
                .withBadRows(badRows());
        return format.isEmpty() ? options : options.withFormat(format());
    }

    private CsvLayout csv() {
        if (delimiter.length() > 1 && !delimiter.equals("\\t")) {
            throw new TarnException(
                    ErrorKind.INVALID, "--delimiter must be one character or \\t but was '%s'".formatted(delimiter));
        }
        char between = delimiter.isEmpty() ? CsvLayout.DEFAULT.delimiter() : delimiter.charAt(0);
        return new CsvLayout(
                delimiter.equals("\\t") ? '\t' : between,
                CsvLayout.DEFAULT.quote(),
                nullText.isEmpty() ? CsvLayout.DEFAULT.nullText() : nullText);
    }

    private CopyMode mode() {
        if (validateOnly) {
            return CopyMode.VALIDATE_ONLY;
        }
        return force ? CopyMode.ALL_FILES : CopyMode.NEW_FILES;
    }

    private BadRows badRows() {
        if (!rejects.isEmpty()) {
            return new BadRows(BadRows.Rule.SKIP, Optional.of(Path.of(rejects)));
        }
        return continueOnError ? BadRows.SKIP : BadRows.ABORT;
    }

    private CopyFormat format() {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "parquet" -> CopyFormat.PARQUET;
            case "csv" -> CopyFormat.CSV;
            case "json", "jsonl", "ndjson" -> CopyFormat.JSON_LINES;
            default ->
                throw new TarnException(
                        ErrorKind.INVALID, "--format must be parquet, csv or json but was '%s'".formatted(format));
        };
    }

    private void print(CopyReceipt receipt) {
        Rows.of(
                        Column.id("snapshot_id"),
                        Column.number("files_loaded"),
                        Column.number("files_skipped"),
                        Column.number("rows_loaded"),
                        Column.number("rows_rejected"),
                        Column.number("data_files_added"),
                        Column.number("bytes_added"))
                .add(
                        receipt.snapshotId().isPresent() ? receipt.snapshotId().getAsLong() : null,
                        receipt.filesLoaded(),
                        receipt.filesSkipped(),
                        receipt.rowsLoaded(),
                        receipt.rowsRejected(),
                        receipt.dataFilesAdded(),
                        receipt.bytesAdded())
                .print(output.writer(console));
    }

    /** One line per file. */
    private final class Progress implements CopyProgress {
        @Override
        public void fileStarted(String location, int number, int files) {
            console.say("Reading %s (%d of %d)".formatted(location, number, files));
        }

        @Override
        public void rowsRead(long rows) {
            // A line per file is enough.
        }
    }
}
