package dev.tarn.cli;

import dev.tarn.cli.output.Column;
import dev.tarn.cli.output.Rows;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.KafkaIngest;
import dev.tarn.kafka.KafkaIngestListener;
import dev.tarn.kafka.KafkaIngestOptions;
import dev.tarn.kafka.KafkaIngestReceipt;
import dev.tarn.kafka.KafkaSource;
import dev.tarn.kafka.decode.RecordDecoder;
import dev.tarn.kafka.registry.SchemaRegistry;
import dev.tarn.kafka.rows.UnknownFields;
import dev.tarn.writer.ingest.IngestOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn ingest kafka}. */
@Command(
        name = "kafka",
        description = {
            "Read Kafka topics into a table, each record exactly once.",
            "The table holds how far each partition was read: run it again, or several times at once, and it goes on there.",
            "SIGTERM commits what was read and exits with 0."
        },
        footer = {
            "",
            "Example: tarn ingest kafka --bootstrap-servers localhost:9092 --topic orders --table shop.orders \\",
            "             --format avro --registry http://localhost:8081 --on-error dead-letter --until-latest"
        })
final class IngestKafkaCommand implements Callable<Integer> {
    private static final String FORMAT_VERSION = "3";

    /** Apart from the ids within the types of columns; all are assigned anew. */
    private static final int FIRST_ID = 1_000;

    /** How long a process that is told to stop waits for its last commit. */
    private static final long STOP_SECONDS = 60;

    private final Console console;

    @Mixin
    private ContractFlags contractFlags = new ContractFlags();

    @Mixin
    private CatalogFlags flags = new CatalogFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Mixin
    private KafkaSourceFlags sourceFlags = new KafkaSourceFlags();

    @Mixin
    private KafkaFormatFlags formatFlags = new KafkaFormatFlags();

    @Mixin
    private KafkaRowFlags rowFlags = new KafkaRowFlags();

    @Mixin
    private KafkaRunFlags runFlags = new KafkaRunFlags();

    @Option(names = "--table", paramLabel = "NAMESPACE.TABLE", required = true, description = "Where rows go.")
    private String table = "";

    @Option(
            names = "--create",
            description =
                    "Create the table if there is none; it gets its columns from the records, with --unknown-fields evolve.")
    private boolean create;

    IngestKafkaCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Map<String, String> given = new LinkedHashMap<>();
        SettingsFlags.putIfGiven(given, "kafka.bootstrap-servers", sourceFlags.bootstrapServers);
        SettingsFlags.putIfGiven(given, "kafka.registry.uri", formatFlags.registry);
        TarnSettings settings = flags.read(console, given);
        TableIdentifier identifier = CatalogConnection.identifier(table);
        KafkaSource source = source(settings.kafka());
        KafkaIngestOptions options = options();
        Optional<SchemaRegistry> registry = registry(settings.kafka());
        RecordDecoder values = formatFlags.values(registry);
        try (CatalogConnection connection = CatalogConnection.open(settings)) {
            if (create && !connection.catalog().tableExists(identifier)) {
                create(connection, identifier);
            }
            KafkaIngestOptions held = options.withWrite(IngestOptions.defaults()
                    .withGates(contractFlags.gates(connection, identifier, connection.load(table))));
            KafkaIngest ingest = KafkaIngest.into(connection.catalog(), identifier, source, held, values);
            Optional<RecordDecoder> keys = formatFlags.keys(registry);
            return run(keys.isPresent() ? ingest.withKeys(keys.get()) : ingest);
        }
    }

    private int run(KafkaIngest ingest) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> stop(ingest, ended), "tarn-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            print(ingest.run(new Progress()));
            return ExitCode.OK.number();
        } finally {
            ended.countDown();
            removeHook(hook);
        }
    }

    /** Runs when the process is told to stop; a stop that was asked for is no failure. */
    private void stop(KafkaIngest ingest, CountDownLatch ended) {
        console.say("Stopping: what was read is committed first");
        ingest.stop();
        try {
            boolean clean = ended.await(STOP_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt((clean ? ExitCode.OK : ExitCode.UNKNOWN_OUTCOME).number());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is stopping already, and the hook with it.
            return;
        }
    }

    private KafkaSource source(KafkaSettings kafka) {
        try {
            return sourceFlags.source(kafka.bootstrapServers(), table);
        } catch (IllegalArgumentException e) {
            throw new TarnException(ErrorKind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private KafkaIngestOptions options() {
        if (create && rowFlags.unknownFields != UnknownFields.EVOLVE) {
            throw new TarnException(
                    ErrorKind.INVALID, "--create makes a table without columns, so it needs --unknown-fields evolve");
        }
        return new KafkaIngestOptions(
                rowFlags.rules(),
                rowFlags.keyColumns(),
                formatFlags.envelope,
                rowFlags.badRecords(),
                runFlags.limits(),
                runFlags.end(),
                IngestOptions.defaults());
    }

    private static Optional<SchemaRegistry> registry(KafkaSettings kafka) {
        if (kafka.registryUri().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SchemaRegistry(URI.create(kafka.registryUri()), kafka.registryLogin()));
        } catch (IllegalArgumentException e) {
            throw new TarnException(
                    ErrorKind.INVALID, "--registry must be an address such as http://localhost:8081", e);
        }
    }

    private void create(CatalogConnection connection, TableIdentifier identifier) {
        List<Types.NestedField> columns = new ArrayList<>();
        rowFlags.metadata()
                .forEach((field, column) ->
                        columns.add(Types.NestedField.optional(FIRST_ID + columns.size(), column, field.type())));
        connection.createNamespaceIfAbsent(identifier.namespace());
        connection
                .catalog()
                .createTable(
                        identifier,
                        org.apache.iceberg.types.TypeUtil.assignIncreasingFreshIds(new Schema(columns)),
                        PartitionSpec.unpartitioned(),
                        Map.of(TableProperties.FORMAT_VERSION, FORMAT_VERSION));
        console.say("Created " + identifier);
    }

    private void print(KafkaIngestReceipt receipt) {
        Rows.of(
                        Column.number("records"),
                        Column.number("rows_added"),
                        Column.number("rows_deleted"),
                        Column.number("dead_letters"),
                        Column.number("skipped"),
                        Column.number("commits"),
                        Column.number("lag"))
                .add(
                        receipt.records(),
                        receipt.rowsAdded(),
                        receipt.rowsDeleted(),
                        receipt.deadLetters(),
                        receipt.skipped(),
                        receipt.commits(),
                        receipt.lag())
                .print(output.writer(console));
    }

    /** A line per commit. */
    private final class Progress implements KafkaIngestListener {
        @Override
        public void committed(KafkaIngestReceipt soFar) {
            console.say("%d records, %d rows, %d commits, %d behind"
                    .formatted(soFar.records(), soFar.rowsAdded(), soFar.commits(), soFar.lag()));
        }

        @Override
        public void noticed(String message) {
            console.say(message);
        }
    }
}
