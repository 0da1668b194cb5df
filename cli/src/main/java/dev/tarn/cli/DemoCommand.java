package dev.tarn.cli;

import dev.tarn.cli.demo.ClientLines;
import dev.tarn.cli.demo.Demo;
import dev.tarn.cli.output.OutputFormat;
import dev.tarn.cli.sql.FlightSqlConnection;
import dev.tarn.common.Closer;
import dev.tarn.common.Secret;
import dev.tarn.s3.EmbeddedS3;
import dev.tarn.s3.EmbeddedS3Options;
import dev.tarn.storage.S3Settings.S3Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tarn demo}. */
@Command(
        name = "demo",
        description = {
            "Run the main job on real data: load US flights into an Iceberg table on S3, query, evolve, upsert, delete,",
            "travel in time, compact and expire. Each step checks its own result through a Flight SQL client.",
            "Everything is in a temporary folder and gone afterwards, unless --data or --warehouse is given."
        })
final class DemoCommand implements Callable<Integer> {
    private static final String BUCKET = "tarn-demo";

    private final Console console;

    @Mixin
    private SettingsFlags settings = new SettingsFlags();

    @Mixin
    private OutputFlags output = new OutputFlags();

    @Option(
            names = "--warehouse",
            paramLabel = "URI",
            description = "s3://bucket/prefix or a folder; default an S3 server that is started for the demo.")
    private String warehouse = "";

    @Option(names = "--keep", description = "Leave the servers up and print lines to paste into other engines.")
    private boolean keep;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (Closer closer = new Closer()) {
            Path work = temporaryFolder(closer);
            Optional<S3Keys> embeddedKeys = Optional.empty();
            Map<String, String> flags = new LinkedHashMap<>();
            flags.put("catalog.port", "0");
            flags.put("flight.port", "0");
            if (settings.data.isEmpty()) {
                flags.put("server.data", work.resolve("data").toString());
            }
            if (warehouse.isEmpty()) {
                EmbeddedS3 store = closer.register(startStore(work));
                embeddedKeys = Optional.of(useStore(flags, store));
            } else {
                flags.put("server.warehouse", warehouse);
            }
            TarnSettings all = TarnSettings.read(settings.reader(console, flags));
            TarnServer server = closer.register(TarnServer.start(all));
            boolean ok = run(all, server, work);
            if (keep) {
                console.say(new ClientLines(server.catalogUri(), server.flightUri(), all.s3(), embeddedKeys).text());
                console.say("The servers stay up until this process is stopped (Ctrl-C).");
                waitForTheEnd(closer);
            }
            return (ok ? ExitCode.OK : ExitCode.UNEXPECTED).number();
        }
    }

    private boolean run(TarnSettings all, TarnServer server, Path work) {
        ClientSettings client =
                new ClientSettings(server.catalogUri(), "", all.client().login(), server.flightUri());
        try (CatalogConnection catalog = CatalogConnection.open(all, client);
                FlightSqlConnection sql = FlightSqlConnection.open(
                        server.flightUri(), client.login().forFlight())) {
            OutputFormat format = output.format;
            return new Demo(
                            catalog.catalog(),
                            sql,
                            work,
                            console,
                            format,
                            thrown -> String.valueOf(Failures.of(thrown).getMessage()))
                    .run()
                    .ok();
        }
    }

    private static EmbeddedS3 startStore(Path work) {
        byte[] random = new byte[20];
        new SecureRandom().nextBytes(random);
        Secret secret = Secret.of(HexFormat.of().formatHex(random));
        return EmbeddedS3.start(EmbeddedS3Options.inFolder(work.resolve("s3"), "tarn-demo", secret));
    }

    /** Points the settings to the store, through flags of this process alone, which nobody else can see. */
    private static S3Keys useStore(Map<String, String> flags, EmbeddedS3 store) {
        store.createBucket(BUCKET);
        S3Keys keys =
                new S3Keys(store.settings().accessKeyId(), store.settings().secretAccessKey(), Optional.empty());
        flags.put("server.warehouse", "s3://%s/warehouse".formatted(BUCKET));
        flags.put("s3.endpoint", store.uri().toString());
        flags.put("s3.region", store.settings().region());
        flags.put("s3.path-style-access", "true");
        flags.put("s3.access-key-id", keys.accessKeyId());
        flags.put("s3.secret-access-key", keys.secretAccessKey().reveal());
        return keys;
    }

    private static Path temporaryFolder(Closer closer) {
        try {
            Path folder = Files.createTempDirectory("tarn-demo");
            closer.register(() -> delete(folder));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create a temporary folder for the demo", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    private static void waitForTheEnd(Closer closer) {
        Runtime.getRuntime().addShutdownHook(new Thread(closer::close, "tarn-stop"));
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
