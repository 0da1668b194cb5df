package dev.tarn.testkit.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A Kafka broker of one node on loopback, in a JVM of its own that ends with this one. Topics are not made by
 * themselves. Thread-safe; whoever starts it closes it.
 */
public final class KafkaBroker implements AutoCloseable {
    private static final String CLASS_PATH_FILE = "broker.classpath";

    private final Process process;
    private final String bootstrapServers;

    private KafkaBroker(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker and returns once it serves.
     *
     * @param folder an empty folder for its log
     * @throws IllegalStateException if the broker ends before it serves; what it said is in the file {@code broker.txt}
     */
    public static KafkaBroker start(Path folder) {
        try (ServerSocket clients = freePort();
                ServerSocket controller = freePort()) {
            int clientPort = clients.getLocalPort();
            int controllerPort = controller.getLocalPort();
            clients.close();
            controller.close();
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            classPath(),
                            BrokerMain.class.getName(),
                            folder.resolve("log").toString(),
                            Integer.toString(clientPort),
                            Integer.toString(controllerPort))
                    .redirectError(folder.resolve("broker.txt").toFile())
                    .start();
            awaitReady(process, folder);
            return new KafkaBroker(process, "127.0.0.1:" + clientPort);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a Kafka broker in " + folder, e);
        }
    }

    /** Host and port, as clients take it. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static void awaitReady(Process process, Path folder) throws IOException {
        // Closed with the process: a reader that is closed here would cut the pipe.
        BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8);
        for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
            if (line.equals(BrokerMain.READY)) {
                return;
            }
        }
        throw new IllegalStateException("The Kafka broker ended before it served; see " + folder.resolve("broker.txt"));
    }

    private static String classPath() throws IOException {
        try (InputStream file = KafkaBroker.class.getResourceAsStream(CLASS_PATH_FILE)) {
            if (file == null) {
                throw new IllegalStateException(
                        "There is no " + CLASS_PATH_FILE + ": build this module with Maven, which writes it");
            }
            String libraries = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
            Path self = Path.of(KafkaBroker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return String.join(System.getProperty("path.separator"), List.of(self.toString(), libraries));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The class path has an entry that is no file", e);
        }
    }

    private static ServerSocket freePort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
