package dev.tarn.testkit.histories;

import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds anomalies in a history of transactions over lists.
 *
 * <ol>
 *   <li>Each transaction that is done is in each of its lists exactly once; one that failed is in none.
 *   <li>One whose ending is unknown is in all of its lists or in none.
 *   <li>Whatever a transaction saw of a list is how the list began.
 *   <li>There is an order of all transactions that explains every list and everything seen, and in which a transaction that
 *       returned before another was invoked comes first. It exists unless the graph of who must precede whom has a cycle: in
 *       each list (ww), from writer to reader (wr), from reader to the next writer (rw), and in time.
 * </ol>
 *
 * What a transaction only depended on without changing it counts as read, so that write skew is a cycle too. Not thread-safe;
 * one checker for one history.
 */
public final class HistoryChecker {
    private final Map<String, List<Integer>> lists;
    private final Map<Integer, Transaction> transactions = new HashMap<>();
    private final Map<Integer, Integer> nodes = new HashMap<>();
    private final Set<Integer> happened = new HashSet<>();
    private final List<String> anomalies = new ArrayList<>();

    private HistoryChecker(Collection<Transaction> history, Map<String, List<Integer>> lists) {
        this.lists = lists;
        for (Transaction transaction : history) {
            if (transactions.put(transaction.id(), transaction) != null) {
                throw new IllegalArgumentException("Two transactions have the number " + transaction.id());
            }
        }
    }

    /**
     * What is wrong with a history, in words; empty if nothing is.
     *
     * @param lists the lists as they are after the last transaction
     */
    public static List<String> check(Collection<Transaction> history, Map<String, List<Integer>> lists) {
        HistoryChecker checker = new HistoryChecker(history, lists);
        checker.checkAppends();
        checker.checkReads();
        if (checker.anomalies.isEmpty()) {
            checker.checkOrder();
        }
        return List.copyOf(checker.anomalies);
    }

    private void checkAppends() {
        Map<Integer, Set<String>> places = new HashMap<>();
        lists.forEach((list, elements) -> elements.forEach(element -> {
            if (!places.computeIfAbsent(element, key -> new TreeSet<>()).add(list)) {
                anomalies.add("duplicate: %d is in %s more than once".formatted(element, list));
            }
            Transaction writer = transactions.get(element);
            if (writer == null || !writer.appends().contains(list)) {
                anomalies.add("invented: nobody appended %d to %s".formatted(element, list));
            }
        }));
        for (Transaction transaction : transactions.values()) {
            Set<String> found = places.getOrDefault(transaction.id(), Set.of());
            if (transaction.ending() == Ending.FAILED && !found.isEmpty()) {
                anomalies.add("undead: %d failed and is in %s".formatted(transaction.id(), found));
            } else if (!found.isEmpty() && !found.containsAll(transaction.appends())) {
                anomalies.add("torn: %d appended to %s and is only in %s"
                        .formatted(transaction.id(), new TreeSet<>(transaction.appends()), found));
            } else if (transaction.ending() == Ending.DONE
                    && found.isEmpty()
                    && !transaction.appends().isEmpty()) {
                anomalies.add("lost: %d is done and not in %s"
                        .formatted(transaction.id(), new TreeSet<>(transaction.appends())));
            }
            if (transaction.ending() == Ending.DONE || !found.isEmpty()) {
                happened.add(transaction.id());
            }
        }
    }

    private void checkReads() {
        for (int id : happened) {
            transaction(id).reads().forEach((list, seen) -> {
                List<Integer> order = lists.getOrDefault(list, List.of());
                int from = seen.length() - seen.tail().size();
                if (seen.length() > order.size()
                        || !order.subList(from, seen.length()).equals(seen.tail())) {
                    anomalies.add("phantom: %d saw %s as %d elements that end in %s, which it never was"
                            .formatted(id, list, seen.length(), lastOf(seen.tail())));
                }
            });
        }
    }

    private void checkOrder() {
        List<Transaction> byInvocation = happened.stream()
                .map(this::transaction)
                .sorted(Comparator.comparingLong(Transaction::invoked))
                .toList();
        byInvocation.forEach(transaction -> nodes.put(transaction.id(), nodes.size()));
        // Behind the transactions comes one barrier for each of them: what returned by then, and leads to what began
        // later.
        OrderGraph graph = new OrderGraph(2 * byInvocation.size());
        addDependencies(graph, byInvocation);
        report("not serialisable", graph, byInvocation);
        if (anomalies.isEmpty()) {
            addTime(graph, byInvocation);
            report("serialisable, but not in the order of time", graph, byInvocation);
        }
    }

    private void addDependencies(OrderGraph graph, List<Transaction> all) {
        lists.values()
                .forEach(order -> IntStream.range(1, order.size())
                        .forEach(i -> graph.edge(node(order.get(i - 1)), node(order.get(i)))));
        for (Transaction reader : all) {
            int node = node(reader.id());
            reader.reads().forEach((list, seen) -> addRead(graph, node, list, seen.length()));
            for (String name : reader.absent()) {
                List<Integer> possible = possibleAbsences(reader, lists.getOrDefault(name, List.of()));
                if (possible.isEmpty()) {
                    anomalies.add("missing: %d found nothing at %s, where there was something all the time"
                            .formatted(reader.id(), name));
                } else if (possible.size() == 1) {
                    addRead(graph, node, name, possible.get(0));
                }
            }
        }
    }

    private void addRead(OrderGraph graph, int reader, String list, int length) {
        List<Integer> order = lists.getOrDefault(list, List.of());
        if (length > 0) {
            graph.edge(node(order.get(length - 1)), reader);
        }
        if (length < order.size()) {
            graph.edge(reader, node(order.get(length)));
        }
    }

    /** A name is free after an even number of changes: those lengths that were current at some time while the reader ran. */
    private List<Integer> possibleAbsences(Transaction reader, List<Integer> order) {
        return IntStream.rangeClosed(0, order.size())
                .filter(length -> length % 2 == 0)
                .filter(length ->
                        length == 0 || transaction(order.get(length - 1)).invoked() < reader.returned())
                .filter(length ->
                        length == order.size() || transaction(order.get(length)).returned() > reader.invoked())
                .boxed()
                .toList();
    }

    private static void addTime(OrderGraph graph, List<Transaction> byInvocation) {
        int count = byInvocation.size();
        List<Integer> byReturn = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingLong(node -> byInvocation.get(node).returned()))
                .toList();
        int begun = 0;
        for (int i = 0; i < count; i++) {
            long returned = byInvocation.get(byReturn.get(i)).returned();
            // Whoever was invoked before this return, and was not linked yet, is behind the barrier before this one.
            while (begun < count && byInvocation.get(begun).invoked() <= returned) {
                if (i > 0) {
                    graph.edge(count + i - 1, begun);
                }
                begun++;
            }
            graph.edge(byReturn.get(i), count + i);
            if (i > 0) {
                graph.edge(count + i - 1, count + i);
            }
        }
    }

    private void report(String what, OrderGraph graph, List<Transaction> nodes) {
        for (List<Integer> cycle : graph.cycles()) {
            List<Transaction> members = cycle.stream()
                    .filter(node -> node < nodes.size())
                    .sorted()
                    .map(nodes::get)
                    .toList();
            anomalies.add("%s: each of these %d must precede the others: %s"
                    .formatted(what, members.size(), members.stream().limit(6).toList()));
        }
    }

    private Transaction transaction(int id) {
        return Objects.requireNonNull(transactions.get(id));
    }

    private int node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static String lastOf(List<Integer> tail) {
        return tail.subList(Math.max(0, tail.size() - 3), tail.size()).toString();
    }
}
