package dev.tarn.testkit.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The checker finds each anomaly that is planted into a history of 2,000 transactions, and none where none is. */
class HistoryCheckerTest {
    private static final int TRANSACTIONS = 2_000;

    private long seed;
    private SimulatedHistory history;

    @BeforeEach
    void simulate() {
        seed = new Random().nextLong();
        history = new SimulatedHistory(seed, TRANSACTIONS);
    }

    @RepeatedTest(20)
    void findsNothingInAHistoryThatIsRight() {
        assertThat(history.check()).as("seed %d", seed).isEmpty();
    }

    @RepeatedTest(5)
    void findsALostAppend() {
        Transaction victim = history.any(one -> one.appends().size() == 1);
        history.lists.values().forEach(list -> list.remove((Integer) victim.id()));

        assertFound("lost: " + victim.id());
    }

    @RepeatedTest(5)
    void findsAnAppendThatHappenedTwice() {
        Transaction victim = history.any(one -> !one.appends().isEmpty());
        history.lists.get(victim.appends().iterator().next()).add(victim.id());

        assertFound("duplicate: " + victim.id());
    }

    @RepeatedTest(5)
    void findsATransactionOfWhichOnlyAPartHappened() {
        Transaction victim = history.any(one -> one.appends().size() > 1);
        history.lists.get(victim.appends().iterator().next()).remove((Integer) victim.id());

        assertFound("torn: " + victim.id());
    }

    @RepeatedTest(5)
    void findsATornTransactionEvenWhereItsEndingIsUnknown() {
        Transaction victim = history.any(one -> one.appends().size() > 1);
        history.transactions.set(
                history.transactions.indexOf(victim),
                new Transaction(
                        victim.id(),
                        victim.invoked(),
                        Transaction.NEVER,
                        Ending.UNKNOWN,
                        victim.reads(),
                        victim.absent(),
                        victim.appends()));
        history.lists.get(victim.appends().iterator().next()).remove((Integer) victim.id());

        assertFound("torn: " + victim.id());
    }

    @Test
    void findsAFailedTransactionThatHappened() {
        Transaction victim = history.transactions.stream()
                .filter(one -> one.ending() == Ending.FAILED)
                .findFirst()
                .orElseThrow();
        history.lists.get(victim.appends().iterator().next()).add(victim.id());

        assertFound("undead: " + victim.id());
    }

    @Test
    void findsAnElementThatNobodyAppended() {
        history.lists.get("list0").add(1_000_000);

        assertFound("invented: nobody appended 1000000");
    }

    @RepeatedTest(5)
    void findsAReadOfSomethingThatNeverWas() {
        Transaction victim = history.any(one -> one.reads().values().stream()
                .anyMatch(seen -> seen.length() > 2 && seen.tail().size() == seen.length()));
        victim.reads().forEach((list, seen) -> {
            if (seen.length() > 2 && seen.tail().size() == seen.length()) {
                history.rewriteRead(victim.id(), list, Seen.all(seen.tail().subList(1, seen.length())));
            }
        });

        assertFound("phantom: " + victim.id());
    }

    @RepeatedTest(5)
    void findsAReadThatIsOlderThanWhatHadReturnedBefore() {
        Transaction victim = history.any(
                one -> one.appends().isEmpty() && one.reads().values().stream().anyMatch(seen -> seen.length() > 60));
        victim.reads().forEach((list, seen) -> {
            if (seen.length() > 60) {
                int length = seen.length() - 50;
                history.rewriteRead(
                        victim.id(), list, Seen.all(history.lists.get(list).subList(0, length)));
            }
        });

        assertThat(history.check())
                .as("seed %d", seed)
                .isNotEmpty()
                .allMatch(anomaly -> anomaly.contains("serialisable"));
    }

    @RepeatedTest(5)
    void findsAnUpdateThatOverlookedAnother() {
        Transaction victim = history.any(one -> one.appends().stream()
                .anyMatch(list ->
                        one.reads().get(list) != null && one.reads().get(list).length() > 10));
        String list = victim.appends().stream()
                .filter(one -> victim.reads().get(one) != null
                        && victim.reads().get(one).length() > 10)
                .findFirst()
                .orElseThrow();
        int length = victim.reads().get(list).length() - 1;
        history.rewriteRead(victim.id(), list, Seen.all(history.lists.get(list).subList(0, length)));

        assertFound("not serialisable");
    }

    @Test
    void findsWriteSkew() {
        // Each requires that the other's list is as it was, and neither changes what it requires.
        List<Transaction> skewed = List.of(
                transaction(1, 0, 10, Map.of("a", Seen.all(List.of()), "b", Seen.all(List.of())), "a"),
                transaction(2, 0, 10, Map.of("a", Seen.all(List.of()), "b", Seen.all(List.of())), "b"));

        assertThat(HistoryChecker.check(skewed, Map.of("a", List.of(1), "b", List.of(2))))
                .hasSize(1)
                .allMatch(anomaly -> anomaly.startsWith("not serialisable: each of these 2"));
    }

    @Test
    void findsAnOrderThatContradictsTime() {
        // The reader began after the writer returned, and still saw nothing.
        List<Transaction> stale =
                List.of(transaction(1, 0, 10, Map.of(), "a"), transaction(2, 11, 20, Map.of("a", Seen.all(List.of()))));

        assertThat(HistoryChecker.check(stale, Map.of("a", List.of(1))))
                .hasSize(1)
                .allMatch(anomaly -> anomaly.startsWith("serialisable, but not in the order of time"));
    }

    @Test
    void letsAReadThatRunsBesideAWriterSeeEither() {
        List<Transaction> beside =
                List.of(transaction(1, 0, 10, Map.of(), "a"), transaction(2, 9, 20, Map.of("a", Seen.all(List.of()))));

        assertThat(HistoryChecker.check(beside, Map.of("a", List.of(1)))).isEmpty();
    }

    @Test
    void findsANameThatWasMissingWhereSomethingWasAllTheTime() {
        List<Transaction> missing = List.of(
                transaction(1, 0, 10, Map.of(), "name"),
                new Transaction(2, 11, 20, Ending.DONE, Map.of(), Set.of("name"), Set.of()),
                transaction(3, 21, 30, Map.of(), "name"));

        assertThat(HistoryChecker.check(missing, Map.of("name", List.of(1, 3))))
                .hasSize(1)
                .allMatch(anomaly -> anomaly.startsWith("missing: 2"));
    }

    private void assertFound(String anomaly) {
        assertThat(history.check()).as("seed %d", seed).anyMatch(found -> found.startsWith(anomaly));
    }

    private static Transaction transaction(
            int id, long invoked, long returned, Map<String, Seen> reads, String... appends) {
        return new Transaction(id, invoked, returned, Ending.DONE, reads, Set.of(), Set.of(appends));
    }
}
