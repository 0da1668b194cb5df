package dev.tarn.testkit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a process of its own, with the class path and the flags of this JVM: for tests that kill what they
 * test. Its standard output and error are read together, line by line. Thread-safe. Whoever starts it closes it, which
 * kills it.
 */
public final class JavaProcess implements AutoCloseable {
    /** Old lines are dropped beyond this, so that a chatty program cannot fill the memory of the test. */
    private static final int MAX_LINES = 10_000;

    /** Killing needs no cooperation: more time than this means that the machine is in trouble. */
    private static final Duration PATIENCE_AFTER_KILL = Duration.ofSeconds(10);

    private final Process process;
    private final Object monitor = new Object();

    @GuardedBy("monitor")
    private final Deque<String> lines = new ArrayDeque<>();

    @GuardedBy("monitor")
    private boolean outputEnded;

    private JavaProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a program.
     *
     * @param mainClass name of a class with a main method, on the class path of this JVM
     */
    public static JavaProcess start(String mainClass, List<String> arguments) {
        return start(mainClass, arguments, Map.of());
    }

    /**
     * Starts a program with more environment variables than this process has.
     *
     * @param mainClass name of a class with a main method, on the class path of this JVM
     */
    public static JavaProcess start(String mainClass, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flagsOfThisJvm());
        command.add("-cp");
        command.add(System.getProperty("java.class.path", "."));
        command.add(mainClass);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            JavaProcess started = new JavaProcess(builder.start());
            Thread reader = new Thread(started::readOutput, "output-of-" + started.pid());
            reader.setDaemon(true);
            reader.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + mainClass, e);
        }
    }

    /** The number that the operating system knows the process by. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process has not ended yet. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the process has printed so far: its newest lines, 10,000 at most. */
    public List<String> output() {
        synchronized (monitor) {
            return List.copyOf(lines);
        }
    }

    /**
     * Waits for a line that contains a text, among those printed already and those to come, and returns the first.
     *
     * @throws AssertionError if the output ends, or the time does, without such a line; the message shows the output
     */
    public String awaitLine(String text, Duration patience) {
        try {
            return awaitLineUntil(text, System.nanoTime() + patience.toNanos())
                    .orElseThrow(() ->
                            new AssertionError("Expected process %d to print '%s' within %s but it printed:%n%s"
                                    .formatted(pid(), text, patience, String.join(System.lineSeparator(), output()))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the output of process " + pid(), e);
        }
    }

    /** Kills the process at once, as {@code kill -9} does: no shutdown hook runs. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(PATIENCE_AFTER_KILL);
    }

    /** Asks the process to end, as {@code kill} does: shutdown hooks run. Does not wait. */
    public void terminate() {
        process.destroy();
    }

    /**
     * Waits for the process to end and returns its exit code.
     *
     * @throws AssertionError if it still runs when the time is over
     */
    public int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("Expected process %d to end within %s".formatted(pid(), patience));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for process " + pid(), e);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private Optional<String> awaitLineUntil(String text, long deadlineNanos) throws InterruptedException {
        synchronized (monitor) {
            while (true) {
                Optional<String> found =
                        lines.stream().filter(line -> line.contains(text)).findFirst();
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (found.isPresent() || outputEnded || leftMillis <= 0) {
                    return found;
                }
                monitor.wait(leftMillis);
            }
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            while (line != null) {
                keep(line);
                line = reader.readLine();
            }
        } catch (IOException e) {
            keep("(the output could not be read to its end: " + e.getMessage() + ")");
        } finally {
            synchronized (monitor) {
                outputEnded = true;
                monitor.notifyAll();
            }
        }
    }

    private void keep(String line) {
        synchronized (monitor) {
            if (lines.size() == MAX_LINES) {
                lines.removeFirst();
            }
            lines.addLast(line);
            monitor.notifyAll();
        }
    }

    /** Agents stay behind: a debugger's port or a coverage file belongs to one process. */
    private static List<String> flagsOfThisJvm() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-agentlib"))
                .filter(flag -> !flag.startsWith("-Xrun") && !flag.startsWith("-Djava.class.path"))
                .toList();
    }
}
