package dev.tarn.cli;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.kafka.KafkaSource;
import dev.tarn.kafka.LostRecords;
import dev.tarn.kafka.StartPosition;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what is read from Kafka. */
final class KafkaSourceFlags {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Brokers to begin with, separated by commas.")
    String bootstrapServers = "";

    @Option(names = "--topic", paramLabel = "NAME", required = true, description = "Topic to read; may be repeated.")
    private List<String> topics = new ArrayList<>();

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Read this partition only, without sharing in a group; may be repeated.")
    private List<Integer> partitions = new ArrayList<>();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "Names the readers in the table's positions; default tarn-NAMESPACE.TABLE.")
    private String group = "";

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description =
                    "Where a partition begins that the table has no position of: earliest, latest or a time such as"
                            + " 2026-01-01T00:00:00Z; default ${DEFAULT-VALUE}.")
    private String from = "earliest";

    @Option(
            names = "--on-lost-records",
            paramLabel = "RULE",
            description = "When the topic deleted records before they were read: ${COMPLETION-CANDIDATES};"
                    + " default ${DEFAULT-VALUE}.")
    private LostRecords lostRecords = LostRecords.ABORT;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "A property of Kafka's consumer, as client.rack=a; may be repeated. Not for secrets.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--properties",
            paramLabel = "FILE",
            description = "Properties of Kafka's consumer, one key=value a line: for logins and certificates.")
    @Nullable
    private Path propertiesFile;

    /**
     * What to read.
     *
     * @param servers the brokers of the settings
     * @param table names the group where no other name is given
     */
    KafkaSource source(String servers, String table) {
        Path file = propertiesFile;
        Map<String, String> client = new HashMap<>(file == null ? Map.of() : SettingsReader.loadFile(file));
        client.putAll(properties);
        SettingsFlags.putIfGiven(client, "bootstrap.servers", servers);
        if (!client.containsKey("bootstrap.servers")) {
            throw new TarnException(
                    ErrorKind.INVALID, "No broker is named: give --bootstrap-servers, or set kafka.bootstrap-servers");
        }
        return new KafkaSource(
                Set.copyOf(topics),
                Set.copyOf(partitions),
                group.isEmpty() ? "tarn-" + table : group,
                start(),
                lostRecords,
                client);
    }

    private StartPosition start() {
        return switch (from.toLowerCase(Locale.ROOT)) {
            case "earliest" -> StartPosition.EARLIEST;
            case "latest" -> StartPosition.LATEST;
            default -> startTime();
        };
    }

    private StartPosition startTime() {
        try {
            return StartPosition.at(Instant.parse(from));
        } catch (DateTimeException e) {
            throw new TarnException(
                    ErrorKind.INVALID,
                    "--from must be earliest, latest or a time such as 2026-01-01T00:00:00Z but was '%s'"
                            .formatted(from),
                    e);
        }
    }
}
