package dev.tarn.catalog.histories;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.testkit.histories.Seen;
import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

/** A client that reads tables, appends to them, and changes several at once. Confined to one thread. */
final class HistoryClient implements Callable<Void> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** In these tables somebody else creates, renames and drops. */
    static final List<String> MOVING = List.of("m0", "m1");

    private final Workload workload;
    private final Recorder recorder;
    private final Random random;
    private final CatalogCalls calls;

    /** A table that was found, and what lists its transaction depends on. */
    private record Found(String name, String list, LoadedTable table, Map<String, Seen> reads) {}

    HistoryClient(Workload workload, long seed) {
        this.workload = workload;
        this.recorder = workload.recorder();
        this.random = new Random(seed);
        this.calls = new CatalogCalls(workload.replicas(), random);
    }

    @Override
    public Void call() throws InterruptedException {
        while (!workload.isOver().getAsBoolean()) {
            int dice = random.nextInt(100);
            if (dice < 20) {
                load("read", anyTable(), random.nextInt(4) > 0 ? "refs" : "all");
            } else if (dice < 70) {
                append(anyTable());
            } else {
                changeSeveral(2 + random.nextInt(3));
            }
        }
        return null;
    }

    private String anyTable() {
        return random.nextInt(10) == 0
                ? MOVING.get(random.nextInt(MOVING.size()))
                : workload.table(random.nextInt(1 << 20));
    }

    private Optional<Found> load(String kind, String name, String snapshots) throws InterruptedException {
        long invoked = Recorder.now();
        CatalogCalls.Reply reply = calls.read(Workload.path(name) + "?snapshots=" + snapshots);
        if (reply.status() == 404) {
            recorder.read(kind, invoked, Map.of(), Set.of(name));
            return Optional.empty();
        }
        expect(reply, 200);
        LoadedTable table = LoadedTable.of(reply.body());
        Map<String, Seen> reads = new HashMap<>();
        String list = name;
        if (MOVING.contains(name)) {
            // The name is a list too, of those that put a table there and took it away; the table says how long it was
            // then.
            int creator = Integer.parseInt(table.properties().get(NameOwner.CREATOR));
            int length = Integer.parseInt(table.properties().get(NameOwner.CHANGES_OF_NAME));
            reads.put(name, new Seen(length, List.of(creator)));
            list = NameOwner.list(creator);
        }
        reads.put(list, table.seen());
        recorder.read(kind, invoked, reads, Set.of());
        return Optional.of(new Found(name, list, table, reads));
    }

    private void append(String name) throws InterruptedException {
        Optional<Found> found = load(Recorder.PREPARATION, name, "refs");
        if (found.isEmpty()) {
            return;
        }
        int id = recorder.nextId();
        long invoked = Recorder.now();
        CatalogCalls.Reply reply = calls.mutateImpatiently(
                "POST",
                Workload.path(name),
                found.get().table().append(Workload.NAMESPACE, name, id).toString());
        recorder.mutation(
                "append",
                id,
                invoked,
                ending(reply, 200),
                found.get().reads(),
                Set.of(found.get().list()));
    }

    private void changeSeveral(int count) throws InterruptedException {
        Set<String> names = new LinkedHashSet<>();
        while (names.size() < count) {
            names.add(anyTable());
        }
        int id = recorder.nextId();
        ObjectNode body = JSON.createObjectNode();
        ArrayNode changes = body.putArray("table-changes");
        Map<String, Seen> reads = new HashMap<>();
        Set<String> appends = new HashSet<>();
        for (String name : names) {
            Optional<Found> found = load(Recorder.PREPARATION, name, "refs");
            if (found.isEmpty()) {
                return;
            }
            reads.putAll(found.get().reads());
            boolean appended = appends.isEmpty() || random.nextBoolean();
            LoadedTable table = found.get().table();
            changes.add(
                    appended
                            ? table.append(Workload.NAMESPACE, name, id)
                            : table.requirement(Workload.NAMESPACE, name));
            if (appended) {
                appends.add(found.get().list());
            }
        }
        long invoked = Recorder.now();
        CatalogCalls.Reply reply = calls.mutateImpatiently("POST", "/v1/transactions/commit", body.toString());
        String kind = appends.size() == count ? "transaction" : "transaction with requirements only";
        recorder.mutation(kind, id, invoked, ending(reply, 204), reads, appends);
    }

    /** What an answer to a commit says; conflicts and missing tables are endings, anything else final is a bug. */
    private static Ending ending(CatalogCalls.Reply reply, int success) {
        if (reply.status() == success) {
            return Ending.DONE;
        }
        if (reply.status() == 409 || reply.status() == 404) {
            return Ending.FAILED;
        }
        if (reply.isFinal()) {
            throw new WrongAnswerException("A commit was answered by %d %s".formatted(reply.status(), reply.body()));
        }
        return Ending.UNKNOWN;
    }

    static void expect(CatalogCalls.Reply reply, int status) {
        if (reply.status() != status) {
            throw new WrongAnswerException(
                    "Expected status %d but found %d %s".formatted(status, reply.status(), reply.body()));
        }
    }
}
