package dev.tarn.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.common.Closer;
import dev.tarn.it.conformance.kit.TablesOfKit;
import dev.tarn.it.conformance.kit.ViewsOfKit;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Iceberg's REST compatibility kit against a server of ours, over stores, logins and kinds of storage. Every
 * combination is run with {@code -Dtarn.conformance=full}, else each store, login and storage once. Where the specification lies beside
 * the repository, every answer is judged by it too.
 */
class CompatibilityKitTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Why tests of the kit are left out; a test that is left out for no reason given here fails the run. */
    private static final Map<String, Set<String>> SKIPPED_BECAUSE = Map.of(
            "a warm load is answered from memory, and never looks whether somebody deleted the file",
            KitResults.CANNOT_PASS,
            "the kit cannot configure its server for one test",
            Set.of("createTableInUniqueLocation"),
            "the kit has no switch for nested namespaces; IcebergCatalogTest runs it",
            Set.of("testDropNamespaceWithNestedNamespace", "testListNestedNamespaces"),
            "the kit has no switch for slashes in names; IcebergCatalogTest runs it",
            Set.of("testNamespaceWithSlash", "testTableNameWithSlash"),
            "the catalog has no namespace without a name",
            Set.of(
                    "listViewsInEmptyNamespace",
                    "createAndDropEmptyNamespace",
                    "listNamespacesWithEmptyNamespace",
                    "namespacePropertiesOnEmptyNamespace",
                    "listTablesInEmptyNamespace"));

    /** The suites, each with the number of tests that it is known to have, so that none gets lost on the way. */
    private static final Map<Class<?>, Integer> SUITES = Map.of(TablesOfKit.class, 106, ViewsOfKit.class, 51);

    static Stream<Arguments> runs() {
        boolean full = System.getProperty("tarn.conformance", "").equals("full");
        return (full ? ServedCatalog.Kind.all() : ServedCatalog.Kind.some())
                .flatMap(kind -> SUITES.keySet().stream().map(suite -> Arguments.of(kind, suite)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void theKitPasses(ServedCatalog.Kind kind, Class<?> suite, @TempDir Path folder) {
        try (Closer closer = new Closer()) {
            ServedCatalog served = closer.register(ServedCatalog.start(kind, folder));
            Optional<ContractWatcher> judge = OpenApiContract.ofIceberg().map(ContractWatcher::new);
            URI uri = judge.map(watcher -> closer.register(HttpProxy.start(served::uri, watcher))
                            .uri())
                    .orElse(served.uri());
            KitResults results = run(suite, served, uri);
            System.out.printf(
                    "compatibility kit, %s, %s: run %d, passed %d, failed %d, skipped %d; %s%n",
                    suite.getSimpleName(),
                    kind,
                    results.run(),
                    results.passed().size(),
                    results.failed().size(),
                    results.skipped().size(),
                    judge.map(watcher -> watcher.total() + " answers judged by the specification")
                            .orElse("answers not judged, as there is no " + OpenApiContract.pathOfIceberg()));

            assertThat(results.failed()).as("tests that failed, %s", kind).isEmpty();
            Set<String> unexplained = new TreeSet<>(results.skipped().keySet());
            SKIPPED_BECAUSE.values().forEach(unexplained::removeAll);
            assertThat(unexplained)
                    .as("tests skipped without a reason, %s", kind)
                    .isEmpty();
            assertThat(results.run()).as("tests run, %s", kind).isEqualTo(SUITES.get(suite));
            judge.ifPresent(watcher -> {
                assertThat(watcher.deviations())
                        .as("answers unlike the specification")
                        .isEmpty();
                assertThat(watcher.total()).as("answers judged").isGreaterThan(500);
            });
        }
    }

    private static KitResults run(Class<?> suite, ServedCatalog served, URI uri) {
        List<String> arguments = new ArrayList<>(List.of(suite.getName()));
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
