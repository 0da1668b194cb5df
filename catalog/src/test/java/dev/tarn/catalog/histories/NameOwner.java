package dev.tarn.catalog.histories;

import static dev.tarn.catalog.histories.HistoryClient.expect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.testkit.histories.Seen;
import dev.tarn.testkit.histories.Transaction.Ending;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The one client that creates a table at a name, renames it away, reads what became of it, and drops it, again and again.
 * Others find it by its name meanwhile, or do not. Confined to one thread.
 */
final class NameOwner implements Callable<Void> {
    /** Property of a table: the transaction that made it. */
    static final String CREATOR = "creator";

    /** Property of a table: how many changes its name had seen, with the one that made it. */
    static final String CHANGES_OF_NAME = "changes-of-name";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Workload workload;
    private final Recorder recorder;
    private final String name;
    private final int pause;
    private final CatalogCalls calls;

    /**
     * An owner.
     *
     * @param pause how many transactions of others it lets pass before each of its own
     */
    NameOwner(Workload workload, String name, int pause, long seed) {
        this.workload = workload;
        this.recorder = workload.recorder();
        this.name = name;
        this.pause = pause;
        this.calls = new CatalogCalls(workload.replicas(), new Random(seed));
    }

    /** The list of the appends to the table that a transaction made. */
    static String list(int creator) {
        return "made by " + creator;
    }

    @Override
    public Void call() throws InterruptedException {
        List<Integer> changes = recorder.ownedList(name);
        while (!workload.isOver().getAsBoolean()) {
            int creator = create(changes);
            recorder.awaitMore(pause, workload.isOver());
            String away = name + "-" + creator;
            renameTo(away, changes);
            readFinally(away, creator);
            expect(calls.mutate("DELETE", Workload.path(away), ""), 204);
            recorder.awaitMore(pause / 4, workload.isOver());
        }
        return null;
    }

    private int create(List<Integer> changes) throws InterruptedException {
        int id = recorder.nextId();
        Map<String, String> properties =
                Map.of(CREATOR, Integer.toString(id), CHANGES_OF_NAME, Integer.toString(changes.size() + 1));
        long invoked = Recorder.now();
        expect(calls.mutate("POST", Workload.tablesPath(), LoadedTable.create(name, properties)), 200);
        changes.add(id);
        recorder.mutation("create", id, invoked, Ending.DONE, Map.of(), Set.of(name));
        return id;
    }

    private void renameTo(String away, List<Integer> changes) throws InterruptedException {
        int id = recorder.nextId();
        ObjectNode rename = JSON.createObjectNode();
        identifier(rename.putObject("source"), name);
        identifier(rename.putObject("destination"), away);
        long invoked = Recorder.now();
        expect(calls.mutate("POST", "/v1/tables/rename", rename.toString()), 204);
        changes.add(id);
        recorder.mutation("rename", id, invoked, Ending.DONE, Map.of(), Set.of(name));
    }

    /** From here on nobody can append to the table: what is in it is final. */
    private void readFinally(String away, int creator) throws InterruptedException {
        long invoked = Recorder.now();
        CatalogCalls.Reply reply = calls.read(Workload.path(away));
        expect(reply, 200);
        Seen seen = LoadedTable.of(reply.body()).seen();
        recorder.read("read", invoked, Map.of(list(creator), seen), Set.of());
        recorder.finalList(list(creator), seen.tail());
    }

    private static void identifier(ObjectNode node, String table) {
        node.putArray("namespace").add(Workload.NAMESPACE);
        node.put("name", table);
    }
}
