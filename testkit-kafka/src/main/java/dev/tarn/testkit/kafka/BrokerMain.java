package dev.tarn.testkit.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/** The process of a {@link KafkaBroker}: one node that is broker and controller. Ends when its standard input does. */
final class BrokerMain {
    static final String READY = "kafka ready";

    private static final String CONTROLLER = "CONTROLLER";
    private static final int NODE_ID = 1;

    private BrokerMain() {}

    /** Arguments: log folder, port of clients, port of the controller. */
    public static void main(String[] args) throws Exception {
        String folder = Path.of(args[0]).toString();
        format(folder);
        KafkaRaftServer server = new KafkaRaftServer(
                KafkaConfig.fromProps(properties(folder, Integer.parseInt(args[1]), Integer.parseInt(args[2]))),
                Time.SYSTEM);
        server.startup();
        System.out.println(READY);
        waitForTheParentToEnd();
        // An orderly shutdown takes seconds and the log is thrown away.
        Runtime.getRuntime().halt(0);
    }

    private static void format(String folder) throws Exception {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(nowhere)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setDirectories(List.of(folder))
                    .setMetadataLogDirectory(folder)
                    .setControllerListenerName(CONTROLLER)
                    .setIgnoreFormatted(true)
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                    .run();
        }
    }

    private static Properties properties(String folder, int clientPort, int controllerPort) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", CONTROLLER);
        properties.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,%s://127.0.0.1:%d".formatted(clientPort, CONTROLLER, controllerPort));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + clientPort);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", folder);
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "2");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("group.min.session.timeout.ms", "1000");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        properties.put("auto.create.topics.enable", "false");
        return properties;
    }

    private static void waitForTheParentToEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Whatever is said is ignored: only the end counts.
        }
    }
}
