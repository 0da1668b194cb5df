package dev.tarn.flight.worker;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One child process from start to end. Thread-safe. */
final class WorkerProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Class loading and Arrow's bookkeeping; result data lives outside the heap. */
    private static final String HEAP = "-Xmx384m";

    private final Process process;
    private final Path socketFolder;
    private final Path socket;
    private final byte[] token;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private WorkerProcess(Process process, Path socketFolder, Path socket, byte[] token) {
        this.process = process;
        this.socketFolder = socketFolder;
        this.socket = socket;
        this.token = token;
    }

    static WorkerProcess start(WorkerSettings settings) throws IOException {
        // Folders made this way are open to their owner only. The path must stay short: socket names are limited to 107
        // bytes.
        Path folder = Files.createTempDirectory("tarn-");
        Path socket = folder.resolve("engine");
        byte[] token = new byte[EngineWorker.TOKEN_BYTES];
        RANDOM.nextBytes(token);
        ProcessBuilder builder = new ProcessBuilder(command(settings, socket));
        builder.environment().clear();
        builder.environment().put("HOME", folder.toString());
        builder.directory(folder.toFile());
        WorkerProcess worker = new WorkerProcess(builder.start(), folder, socket, token);
        worker.readOutput();
        try {
            worker.process.getOutputStream().write(token);
            worker.process.getOutputStream().flush();
        } catch (IOException e) {
            worker.close();
            throw e;
        }
        return worker;
    }

    long pid() {
        return process.pid();
    }

    /** Completes once statements can be sent; fails if the process ends first. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /**
     * A new connection that has shown its token.
     *
     * @throws TarnException UNAVAILABLE if the process is gone
     */
    FrameChannel connect() {
        try {
            FrameChannel channel = new FrameChannel(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            try {
                channel.write(FrameType.TOKEN, token);
                return channel;
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new TarnException(
                    ErrorKind.UNAVAILABLE, "The query engine's process cannot be reached; repeat the statement", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        ready.completeExceptionally(new IOException("the process was ended"));
        try {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socketFolder);
        } catch (IOException e) {
            LOG.debug("Cannot remove the folder of an ended engine process", e);
        }
    }

    /** The worker runs in another folder, where relative entries would name nothing. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static List<String> command(WorkerSettings settings, Path socket) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(HEAP);
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:-UsePerfData");
        command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(WorkerMain.class.getName());
        command.add(socket.toString());
        command.add(settings.cacheFolder().toString());
        command.add(settings.spillFolder().toString());
        command.add(Long.toString(settings.memoryLimit().bytes()));
        command.add(Integer.toString(settings.threads()));
        command.add(Long.toString(settings.spillLimit().bytes()));
        return command;
    }

    private void readOutput() {
        daemon("engine-output", this::awaitReady);
        daemon("engine-errors", this::logErrors);
    }

    private void awaitReady() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.equals("ready")) {
                    ready.complete(null);
                }
            }
        } catch (IOException e) {
            LOG.debug("The engine process closed its output", e);
        }
        ready.completeExceptionally(new IOException("the process ended"));
    }

    /** Stack frames and crash notices, never text of statements: the worker prints none. */
    private void logErrors() {
        try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                LOG.warn("engine process {}: {}", process.pid(), line);
            }
        } catch (IOException e) {
            LOG.debug("The engine process closed its error output", e);
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
