package dev.tarn.it.conformance;

import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs classes of Iceberg's REST compatibility kit in this process and prints what came of each test. The kit takes the
 * properties of its client from the system properties, so that each run needs a process of its own.
 */
final class KitRun {
    private KitRun() {}

    /** Arguments with an equals sign are properties of the client or the kit, the others classes of the kit. */
    public static void main(String[] arguments) {
        List<String> classes =
                Arrays.stream(arguments).filter(one -> !one.contains("=")).toList();
        Arrays.stream(arguments).filter(one -> one.contains("=")).forEach(property -> {
            String[] parts = property.split("=", 2);
            System.setProperty(parts[0], parts[1]);
        });
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
                .filters((PostDiscoveryFilter) KitRun::withoutThoseThatCannotPass)
                .configurationParameter("rck.local", "false")
                .configurationParameter("junit.jupiter.execution.timeout.default", "5 m")
                .build();
        LauncherFactory.create().execute(request, new Printer());
        // Clients that a test of the kit forgot must not keep the process alive.
        System.exit(0);
    }

    private static FilterResult withoutThoseThatCannotPass(TestDescriptor test) {
        String method = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName())
                .orElse("");
        if (!KitResults.CANNOT_PASS.contains(method)) {
            return FilterResult.included("");
        }
        System.out.println("kit SKIPPED " + method + " it cannot pass");
        return FilterResult.excluded("it cannot pass");
    }

    /** One line for each test; what fails outside of a test counts as a test that failed. */
    private static final class Printer implements TestExecutionListener {
        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            print("SKIPPED", test, reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            String reason = result.getThrowable().map(Throwable::toString).orElse("");
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (test.isTest()) {
                        print("PASSED", test, "");
                    }
                }
                case ABORTED -> print("SKIPPED", test, reason);
                case FAILED -> {
                    print("FAILED", test, reason);
                    result.getThrowable().ifPresent(failure -> failure.printStackTrace(System.out));
                }
            }
        }

        @Override
        public void testPlanExecutionFinished(TestPlan plan) {
            System.out.println(KitResults.END);
        }

        private static void print(String ending, TestIdentifier test, String reason) {
            String name = test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(MethodSource.class::cast)
                    .map(MethodSource::getMethodName)
                    .orElse(test.getDisplayName());
            System.out.println("kit " + ending + ' ' + name.replace(' ', '_') + ' ' + reason.replaceAll("\\s+", " "));
        }
    }
}
