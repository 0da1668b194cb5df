package dev.tarn.writer.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.writer.TestCatalog;
import dev.tarn.writer.commit.CommitterOptions;
import dev.tarn.writer.faults.FaultPlan.Fault;
import dev.tarn.writer.session.SessionOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFaultsTest {
    /** {@code -Dtarn.faults=10000} is the long run. */
    private static final int FAULTS = Integer.getInteger("tarn.faults", 150);

    /** A planted bug that is not found in so many histories is not found. */
    private static final int HISTORIES_PER_BUG = 40;

    @TempDir
    Path folder;

    private TestCatalog catalog;

    @BeforeEach
    void open() {
        catalog = new TestCatalog(folder);
    }

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    void noFaultLosesOrDoublesARowOrLeavesAFileUnlisted() {
        long seed = System.nanoTime();
        System.out.println("noFaultLosesOrDoublesARowOrLeavesAFileUnlisted seed " + seed);
        Random seeds = new Random(seed);
        Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
        List<String> violations = new ArrayList<>();
        int histories = 0;
        while (injected.values().stream().mapToInt(Integer::intValue).sum() < FAULTS && violations.isEmpty()) {
            FaultHistory.Outcome outcome = history(seeds.nextLong(), SessionFaultsTest::session);
            outcome.injected().forEach((fault, count) -> injected.merge(fault, count, Integer::sum));
            violations.addAll(outcome.violations());
            histories++;
        }
        System.out.println(histories + " histories, faults " + injected);
        assertThat(violations).as("seed %d", seed).isEmpty();
        assertThat(injected.keySet()).as("kinds of faults that occurred").hasSizeGreaterThan(10);
    }

    @Test
    void aTokenThatIsCheckedBeforeTheCommitIsFound() {
        assertThat(violationsOf(PlantedBugs::checksTokenBeforeTheCommit)).isNotEmpty();
    }

    @Test
    void filesDeletedAfterAnUnknownEndingAreFound() {
        assertThat(violationsOf(PlantedBugs::deletesFilesAfterUnknown)).isNotEmpty();
    }

    @Test
    void aProducerThatGoesOnAfterAFailureIsFound() {
        assertThat(violationsOf(PlantedBugs::goesOnAfterAFailure)).isNotEmpty();
    }

    @Test
    void filesThatNobodyIsToldOfAreFound() {
        assertThat(violationsOf(PlantedBugs::forgetsItsFiles)).isNotEmpty();
    }

    private List<String> violationsOf(BiFunction<Table, Random, Sink> sinks) {
        long seed = System.nanoTime();
        System.out.println("planted bug, seed " + seed);
        Random seeds = new Random(seed);
        for (int i = 0; i < HISTORIES_PER_BUG; i++) {
            List<String> violations = history(seeds.nextLong(), sinks).violations();
            if (!violations.isEmpty()) {
                return violations;
            }
        }
        return List.of();
    }

    private FaultHistory.Outcome history(long seed, BiFunction<Table, Random, Sink> sinks) {
        return new FaultHistory(catalog, folder, seed, 0.08, sinks).run();
    }

    private static Sink session(Table table, Random random) {
        SessionOptions options = SessionOptions.defaults()
                .withFlushRows(4 + random.nextInt(30))
                .withFlushAge(Duration.ofMillis(5 + random.nextInt(200)))
                .withCommitter(CommitterOptions.defaults()
                        .withInterval(Duration.ZERO)
                        .withDeadline(Duration.ofMillis(100 + random.nextInt(400))));
        return new SessionSink(table, options);
    }
}
