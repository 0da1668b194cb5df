package dev.tarn.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.Closer;
import dev.tarn.testkit.JavaProcess;
import dev.tarn.testkit.http.HttpProxy;
import dev.tarn.testkit.openapi.ContractWatcher;
import dev.tarn.testkit.openapi.OpenApiContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Iceberg's REST compatibility kit against a server of ours, over stores, logins and kinds of storage. Without
 * {@code -Dtarn.conformance=full} every pair of them is run, not every combination. Where the specification lies beside
 * the repository, every answer is judged by it too.
 */
class CompatibilityKitTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Why tests of the kit are left out; a test that is left out for no reason given here fails the run. */
    private static final Map<String, String> REASONS_TO_SKIP = Map.of(
            "testLoadTableWithMissingMetadataFile",
            "a warm load is answered from memory, and never looks whether somebody deleted the file",
            "createTableInUniqueLocation",
            "the kit cannot configure its server for one test",
            "testDropNamespaceWithNestedNamespace",
            "the kit has no switch for nested namespaces; IcebergCatalogTest runs it",
            "testListNestedNamespaces",
            "the kit has no switch for nested namespaces; IcebergCatalogTest runs it",
            "testNamespaceWithSlash",
            "the kit has no switch for slashes in names; IcebergCatalogTest runs it",
            "testTableNameWithSlash",
            "the kit has no switch for slashes in names; IcebergCatalogTest runs it",
            "createAndDropEmptyNamespace",
            "the catalog has no namespace without a name",
            "listNamespacesWithEmptyNamespace",
            "the catalog has no namespace without a name",
            "namespacePropertiesOnEmptyNamespace",
            "the catalog has no namespace without a name",
            "listTablesInEmptyNamespace",
            "the catalog has no namespace without a name");

    /** The suites with the number of tests that they are known to have, so that none gets lost on the way. */
    private static final Map<String, Integer> SUITES = Map.of("dev.tarn.it.conformance.kit.TablesOfKit", 106);

    static Stream<ServedCatalog.Kind> kinds() {
        return ServedCatalog.Kind.all(System.getProperty("tarn.conformance", "pairs"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theKitPasses(ServedCatalog.Kind kind, @TempDir Path folder) {
        try (Closer closer = new Closer()) {
            ServedCatalog served = closer.register(ServedCatalog.start(kind, folder));
            Optional<ContractWatcher> judge = OpenApiContract.ofIceberg().map(ContractWatcher::new);
            URI uri = judge.map(watcher -> closer.register(HttpProxy.start(served::uri, watcher))
                            .uri())
                    .orElse(served.uri());
            KitResults results = run(served, uri);
            System.out.printf(
                    "compatibility kit, %s: run %d, passed %d, failed %d, skipped %d; %s%n",
                    kind,
                    results.run(),
                    results.passed().size(),
                    results.failed().size(),
                    results.skipped().size(),
                    judge.map(watcher -> watcher.total() + " answers judged by the specification")
                            .orElse("answers not judged, as there is no " + OpenApiContract.pathOfIceberg()));

            assertThat(results.failed()).as("tests that failed, %s", kind).isEmpty();
            Set<String> unexplained = new TreeSet<>(results.skipped().keySet());
            unexplained.removeAll(REASONS_TO_SKIP.keySet());
            assertThat(unexplained)
                    .as("tests skipped without a reason, %s", kind)
                    .isEmpty();
            assertThat(results.run())
                    .as("tests run, %s", kind)
                    .isEqualTo(SUITES.values().stream().mapToInt(i -> i).sum());
            judge.ifPresent(watcher -> {
                assertThat(watcher.deviations())
                        .as("answers unlike the specification")
                        .isEmpty();
                assertThat(watcher.total()).as("answers judged").isGreaterThan(1_000);
            });
        }
    }

    private static KitResults run(ServedCatalog served, URI uri) {
        List<String> arguments = new ArrayList<>(SUITES.keySet());
        served.clientProperties(uri).forEach((name, value) -> arguments.add(name + "=" + value));
        arguments.add("tarn.kit.base-location=" + served.locationForTests());
        arguments.add("rck.requires-namespace-create=true");
        arguments.add("rck.supports-names-with-dot=true");
        try (JavaProcess kit = JavaProcess.start(KitRun.class.getName(), arguments)) {
            kit.awaitLine(KitResults.END, PATIENCE);
            return KitResults.of(kit.output());
        }
    }
}
