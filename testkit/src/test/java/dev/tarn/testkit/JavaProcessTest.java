package dev.tarn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void showsWhatTheProgramPrintsAndItsExitCode() {
        try (JavaProcess process =
                JavaProcess.start(Greeter.class.getName(), List.of("exit"), Map.of("TEST_GREETING", "good evening"))) {
            assertThat(process.awaitLine("good", PATIENCE)).isEqualTo("good evening");
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(7);
        }
    }

    @Test
    void hasTheFlagsOfThisJvm() {
        try (JavaProcess process = JavaProcess.start(Greeter.class.getName(), List.of("exit"))) {
            assertThat(process.awaitLine("open=", PATIENCE))
                    .isEqualTo("open=" + Object.class.getModule().isOpen("java.nio", Greeter.class.getModule()));
        }
    }

    @Test
    void killsWithoutRunningShutdownHooks(@TempDir Path folder) {
        Path file = folder.resolve("hook-ran");
        try (JavaProcess process = JavaProcess.start(Greeter.class.getName(), List.of("wait", file.toString()))) {
            process.awaitLine("waiting", PATIENCE);

            process.kill();

            assertThat(process.isAlive()).isFalse();
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void letsShutdownHooksRunOnTermination(@TempDir Path folder) {
        Path file = folder.resolve("hook-ran");
        try (JavaProcess process = JavaProcess.start(Greeter.class.getName(), List.of("wait", file.toString()))) {
            process.awaitLine("waiting", PATIENCE);

            process.terminate();

            process.awaitExit(PATIENCE);
            assertThat(file).exists();
        }
    }

    @Test
    void saysWhatWasPrintedInsteadOfTheExpectedLine() {
        try (JavaProcess process = JavaProcess.start(Greeter.class.getName(), List.of("exit"))) {
            assertThatThrownBy(() -> process.awaitLine("never printed", PATIENCE))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("to print 'never printed'")
                    .hasMessageContaining("hello");
        }
    }

    @Test
    void givesUpWaitingForAnExit() {
        try (JavaProcess process = JavaProcess.start(Greeter.class.getName(), List.of("wait"))) {
            assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Expected process %d to end within PT0.01S".formatted(process.pid()));
        }
    }

    static final class Greeter {
        private Greeter() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(System.getenv().getOrDefault("TEST_GREETING", "hello"));
            System.out.println("open=" + Object.class.getModule().isOpen("java.nio", Greeter.class.getModule()));
            if (arguments[0].equals("exit")) {
                System.exit(7);
            }
            if (arguments.length == 2) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> create(Path.of(arguments[1]))));
            }
            System.out.println("waiting");
            new CountDownLatch(1).await();
        }

        private static void create(Path file) {
            try {
                Files.createFile(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
