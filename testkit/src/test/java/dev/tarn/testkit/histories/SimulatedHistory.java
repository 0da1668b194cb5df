package dev.tarn.testkit.histories;

import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A history of clients of a store that is right by construction: each transaction takes effect at one moment between its
 * invocation and its return. Confined to one test.
 */
final class SimulatedHistory {
    private static final int CLIENTS = 8;
    private static final int LISTS = 5;

    final List<Transaction> transactions = new ArrayList<>();
    final Map<String, List<Integer>> lists = new TreeMap<>();
    private final Random random;
    private int nextId;
    private long clock;

    private final class Running {
        final int id = nextId++;
        final long invoked = clock++;
        final Map<String, Seen> reads = new HashMap<>();
        final Set<String> absent = new HashSet<>();
        final Set<String> appends = new HashSet<>();
        Ending ending = Ending.DONE;
        boolean effective;

        void takeEffect() {
            effective = true;
            int dice = random.nextInt(100);
            if (dice < 4) {
                ending = Ending.FAILED;
                appends.add(list());
            } else if (dice < 14) {
                changeName();
            } else {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    touch(list());
                }
            }
            if (ending == Ending.DONE && random.nextInt(50) == 0) {
                ending = Ending.UNKNOWN;
            }
        }

        private void touch(String list) {
            if (reads.containsKey(list)) {
                return;
            }
            List<Integer> now = lists.get(list);
            reads.put(
                    list,
                    random.nextBoolean()
                            ? Seen.all(now)
                            : new Seen(now.size(), now.subList(now.isEmpty() ? 0 : now.size() - 1, now.size())));
            if (random.nextBoolean()) {
                appends.add(list);
                now.add(id);
            }
        }

        private void changeName() {
            List<Integer> name = lists.get("name");
            if (random.nextInt(3) == 0) {
                appends.add("name");
                name.add(id);
            } else if (name.size() % 2 == 0) {
                absent.add("name");
            } else {
                reads.put("name", new Seen(name.size(), List.of(name.get(name.size() - 1))));
            }
        }

        Transaction returned() {
            long at = ending == Ending.UNKNOWN ? Transaction.NEVER : clock++;
            return new Transaction(id, invoked, at, ending, reads, absent, appends);
        }
    }

    SimulatedHistory(long seed, int count) {
        random = new Random(seed);
        for (int i = 0; i < LISTS; i++) {
            lists.put("list" + i, new ArrayList<>());
        }
        lists.put("name", new ArrayList<>());
        Running[] running = new Running[CLIENTS];
        while (transactions.size() < count) {
            int client = random.nextInt(CLIENTS);
            if (running[client] == null) {
                running[client] = new Running();
            } else if (!running[client].effective) {
                running[client].takeEffect();
            } else {
                transactions.add(running[client].returned());
                running[client] = null;
            }
        }
        // Whoever still runs never returns: what took effect is there, and its client does not know.
        for (Running left : running) {
            if (left != null && left.effective && left.ending != Ending.FAILED) {
                left.ending = Ending.UNKNOWN;
                transactions.add(left.returned());
            }
        }
    }

    private String list() {
        return "list" + random.nextInt(LISTS);
    }

    List<String> check() {
        return HistoryChecker.check(transactions, lists);
    }

    /** Makes a transaction have seen something else of a list. */
    void rewriteRead(int id, String list, Seen seen) {
        transactions.replaceAll(one -> one.id() == id ? withRead(one, list, seen) : one);
    }

    private static Transaction withRead(Transaction one, String list, Seen seen) {
        Map<String, Seen> reads = new HashMap<>(one.reads());
        reads.put(list, seen);
        return new Transaction(
                one.id(), one.invoked(), one.returned(), one.ending(), reads, one.absent(), one.appends());
    }

    /** Any transaction in the middle of the history for which a condition holds. */
    Transaction any(Predicate<Transaction> condition) {
        List<Transaction> candidates = transactions.stream()
                .filter(one -> one.ending() == Ending.DONE && one.id() > 100)
                .filter(condition)
                .toList();
        return candidates.get(random.nextInt(candidates.size()));
    }
}
