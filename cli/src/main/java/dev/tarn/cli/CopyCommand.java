package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.LoadHistory;
import dev.tarn.writer.copy.CopyInto;
import dev.tarn.writer.copy.CopyMode;
import dev.tarn.writer.copy.CopyOptions;
import dev.tarn.writer.copy.CopyProgress;
import dev.tarn.writer.copy.CopyReceipt;
import dev.tarn.writer.ingest.IngestOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
            "Load Parquet, Arrow, CSV or JSON lines files into a table in one commit.",
            "A file is loaded once, also when the command runs twice at the same time, unless --force is given."
        },
        footer = {
            "",
            "Example: tarn copy shop.orders 's3://bucket/orders/**.csv.gz' --create --partition 'month(placed)' \\",
            "             --on-error continue --rejects rejects.jsonl"
        })
final class CopyCommand implements Callable<Integer> {
    private static final String FORMAT_VERSION = "3";

    private final Console console;

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Mixin
    private CopyFlags reading = new CopyFlags();

    @Mixin
    private ContractFlags contract = new ContractFlags();

    @Option(
            names = "--create",
            description = "Create the table, if there is none, for what a sample of the files holds.")
    private boolean create;

    @Option(
            names = "--partition",
            paramLabel = "FIELD",
            description = "With --create: a column, or a transform as month(COLUMN); may be repeated.")
    private List<String> partition = new ArrayList<>();

    @Option(
            names = "--sort",
            paramLabel = "COLUMN [desc]",
            description = "With --create: rows of a file are sorted by it; may be repeated.")
    private List<String> sort = new ArrayList<>();

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "With --create: a table property; may be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--branch", paramLabel = "NAME", description = "Where the rows go; default main.")
    private String branch = "";

    @Option(names = "--validate-only", description = "Read and check all files, report all errors, load nothing.")
    private boolean validateOnly;

    @Option(names = "--force", description = "Load files that were loaded before once more.")
    private boolean force;

    @Option(names = "--purge", description = "Delete the files when it is certain that their rows are in the table.")
    private boolean purge;

    @Option(
            names = "--register",
            description = "Make Parquet files files of the table where they lie, without reading their rows.")
    private boolean register;

    @Option(names = "--yes", description = "With --register: the table may delete the files from then on.")
    private boolean yes;

    @Option(
            names = "--history",
            description = "List the loads that the table remembers; for files, whether and when each was loaded.")
    private boolean history;

    @Parameters(index = "0", arity = "1", paramLabel = "NAMESPACE.TABLE")
    private String table = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FILE",
            description = "Local files, folders, globs or s3:// locations; *, **, ?, [] and {} match.")
    private List<String> files = new ArrayList<>();

    CopyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (files.isEmpty() && !history) {
            throw new TarnException(ErrorKind.INVALID, "Name the files to load after the table");
        }
        refuseContradictions();
        try (CatalogConnection connection = flags.open(console)) {
            if (history) {
                printHistory(connection);
                return ExitCode.OK.number();
            }
            CopyOptions ungated = options(connection);
            TableIdentifier identifier = CatalogConnection.identifier(table);
            boolean created = create && !connection.catalog().tableExists(identifier);
            Table target = created ? create(connection, identifier, ungated) : connection.load(table);
            try {
                CopyOptions options =
                        ungated.withIngest(ungated.ingest().withGates(contract.gates(connection, identifier, target)));
                CopyReceipt receipt = register
                        ? CopyInto.register(target, options, new Progress())
                        : CopyInto.run(target, options, new Progress());
                report(receipt);
                return exitCode(receipt).number();
            } catch (TarnException e) {
                // Nothing half done: a table that this command made goes with the load, unless rows may be in it.
                if (created && e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                    connection.catalog().dropTable(identifier, true);
                }
                throw e;
            }
        }
    }

    private void refuseContradictions() {
        if (register && !yes) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Registered files belong to the table: expiry, compaction and purge will delete them. Give --yes if they may, or load a copy without --register");
        }
        if (register && (purge || validateOnly)) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "--register goes with neither --purge nor --validate-only: the files stay in use");
        }
        if (validateOnly && purge) {
            throw new TarnException(
                    ErrorKind.INVALID, "--validate-only loads nothing, so that --purge cannot go with it");
        }
        if (!create && !(partition.isEmpty() && sort.isEmpty() && properties.isEmpty())) {
            throw new TarnException(ErrorKind.INVALID, "--partition, --sort and --property only go with --create");
        }
    }

    private Table create(CatalogConnection connection, TableIdentifier identifier, CopyOptions options) {
        Schema schema = CopyInto.inferSchema(options);
        Map<String, String> all = new LinkedHashMap<>(Map.of(TableProperties.FORMAT_VERSION, FORMAT_VERSION));
        all.putAll(properties);
        connection.createNamespaceIfAbsent(identifier.namespace());
        Table created = connection
                .catalog()
                .buildTable(identifier, schema)
                .withPartitionSpec(TableDefinitions.partitionSpec(schema, partition))
                .withSortOrder(SortFields.sortOrder(schema, sort))
                .withProperties(all)
                .create();
        console.say("Created " + identifier);
        return created;
    }

    private CopyOptions options(CatalogConnection connection) {
        CopyOptions options = reading.apply(CopyOptions.of(files))
                .withSourceIo(connection.fileIoProperties())
                .withMode(mode());
        if (!branch.isEmpty()) {
            options = options.withIngest(IngestOptions.defaults().withBranch(branch));
        }
        return purge ? options.withAfterwards(CopyOptions.Afterwards.PURGE) : options;
    }

    private CopyMode mode() {
        if (validateOnly) {
            return CopyMode.VALIDATE_ONLY;
        }
        return force ? CopyMode.ALL_FILES : CopyMode.NEW_FILES;
    }

    private ExitCode exitCode(CopyReceipt receipt) {
        boolean wrong = receipt.rowsRejected() > 0
                || receipt.filesRejected() > 0
                || !receipt.notPurged().isEmpty();
        if (!wrong) {
            return ExitCode.OK;
        }
        return validateOnly ? ExitCode.BAD_INPUT : ExitCode.PARTIAL;
    }

    private void report(CopyReceipt receipt) {
        receipt.firstErrors().forEach(console::say);
        receipt.notPurged().forEach(location -> console.say("Loaded, but could not be deleted: " + location));
        Rows.of(
                        Column.id("snapshot_id"),
                        Column.number("files_loaded"),
                        Column.number("files_skipped"),
                        Column.number("files_rejected"),
                        Column.number("rows_loaded"),
                        Column.number("rows_rejected"),
                        Column.number("data_files_added"),
                        Column.number("bytes_added"))
                .add(
                        receipt.snapshotId().isPresent() ? receipt.snapshotId().getAsLong() : null,
                        receipt.filesLoaded(),
                        receipt.filesSkipped(),
                        receipt.filesRejected(),
                        receipt.rowsLoaded(),
                        receipt.rowsRejected(),
                        receipt.dataFilesAdded(),
                        receipt.bytesAdded())
                .print(output.writer(console));
    }

    private void printHistory(CatalogConnection connection) {
        Table target = connection.load(table);
        if (files.isEmpty()) {
            Rows rows = Rows.of(
                    Column.time("loaded_at"),
                    Column.text("branch"),
                    Column.number("files"),
                    Column.id("snapshot_id"),
                    Column.text("sources"));
            for (LoadHistory.Load load : LoadHistory.loads(target)) {
                rows.add(
                        load.at(),
                        load.branch(),
                        load.files(),
                        load.snapshotId().isPresent() ? load.snapshotId().getAsLong() : null,
                        load.sources());
            }
            rows.print(output.writer(console));
            return;
        }
        Rows rows = Rows.of(Column.text("file"), Column.bool("loaded"), Column.time("loaded_at"));
        CopyInto.loadedAt(target, options(connection))
                .forEach((file, at) -> rows.add(file, at.isPresent(), at.orElse(null)));
        rows.print(output.writer(console));
    }

    /** One line per file. */
    private final class Progress implements CopyProgress {
        @Override
        public void fileStarted(String location, int number, int count) {
            console.say("Reading %s (%d of %d)".formatted(location, number, count));
        }

        @Override
        public void rowsRead(long rows) {
            // A line per file is enough.
        }
    }
}
