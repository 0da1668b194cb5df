package dev.tarn.catalog.histories;

import dev.tarn.testkit.histories.Seen;
import dev.tarn.testkit.histories.Transaction;
import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** What all clients did and saw. Thread-safe. */
final class Recorder {
    /** The kind of a read that only prepares a mutation. */
    static final String PREPARATION = "read before a mutation";

    /** Zero is no snapshot id. */
    private final AtomicInteger ids = new AtomicInteger(1);

    private final Collection<Transaction> transactions = new ConcurrentLinkedQueue<>();
    private final Map<String, List<Integer>> lists = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final AtomicInteger done = new AtomicInteger();

    int nextId() {
        return ids.getAndIncrement();
    }

    static long now() {
        return System.nanoTime();
    }

    /** A read that ends now; one that only prepares a mutation does not count as a transaction of its own. */
    void read(String kind, long invoked, Map<String, Seen> reads, Set<String> absent) {
        add(kind, new Transaction(nextId(), invoked, now(), Ending.DONE, reads, absent, Set.of()));
    }

    /** A mutation that ends now, if it ends. */
    void mutation(String kind, int id, long invoked, Ending ending, Map<String, Seen> reads, Set<String> appends) {
        long returned = ending == Ending.UNKNOWN ? Transaction.NEVER : now();
        add(kind, new Transaction(id, invoked, returned, ending, reads, Set.of(), appends));
    }

    private void add(String kind, Transaction transaction) {
        transactions.add(transaction);
        counts.computeIfAbsent(kind + " " + transaction.ending(), key -> new AtomicInteger())
                .incrementAndGet();
        if (transaction.ending() == Ending.DONE && !kind.equals(PREPARATION)) {
            done.incrementAndGet();
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Waits until others have done so many more transactions, or the run is over. */
    synchronized void awaitMore(int count, BooleanSupplier isOver) throws InterruptedException {
        int enough = done() + count;
        while (done() < enough && !isOver.getAsBoolean()) {
            wait(1_000);
        }
    }

    /** A list whose only writer knows its order. */
    List<Integer> ownedList(String name) {
        return lists.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
    }

    /** A list as it is when nobody writes it any more. */
    void finalList(String name, List<Integer> elements) {
        lists.put(name, List.copyOf(elements));
    }

    int done() {
        return done.get();
    }

    Collection<Transaction> transactions() {
        return List.copyOf(transactions);
    }

    Map<String, List<Integer>> lists() {
        return Map.copyOf(lists);
    }

    Map<String, Integer> counts() {
        Map<String, Integer> all = new TreeMap<>();
        counts.forEach((kind, count) -> all.put(kind, count.get()));
        return all;
    }
}
