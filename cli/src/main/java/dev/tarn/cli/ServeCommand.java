package dev.tarn.cli;

import dev.tarn.common.SettingsReader;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tarn serve}. */
@Command(
        name = "serve",
        description = {
            "Run the REST catalog and the Flight SQL gateway in one process.",
            "Once both answer, one line is printed: tarn ready catalog=http://HOST:PORT flight=grpc://HOST:PORT",
            "SIGTERM lets running work end and exits with 0."
        })
final class ServeCommand implements Runnable {
    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private ServeFlags serve = new ServeFlags();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        SettingsReader reader = settings.reader(console, serve.byKey());
        TarnSettings all = TarnSettings.read(reader);
        TarnServer server = TarnServer.start(all);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, all), "tarn-stop"));
        Documents.printLine(
                console, "tarn ready catalog=%s flight=%s".formatted(server.catalogUri(), server.flightUri()));
        waitForTheEnd();
    }

    /** Runs when the process is told to stop, and makes the exit code 0: a stop that was asked for is no failure. */
    private void stop(TarnServer server, TarnSettings all) {
        int exitCode = ExitCode.OK.number();
        try {
            console.say("Stopping: running work has %s to end"
                    .formatted(all.server().drainTimeout()));
            server.drain(all.server().drainTimeout());
            server.close();
        } catch (RuntimeException e) {
            console.say("tarn: the stop was not clean: " + Failures.of(e).getMessage());
            exitCode = ExitCode.UNEXPECTED.number();
        }
        Runtime.getRuntime().halt(exitCode);
    }

    private static void waitForTheEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
