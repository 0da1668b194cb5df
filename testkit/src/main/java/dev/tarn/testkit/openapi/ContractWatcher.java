package dev.tarn.testkit.openapi;

import dev.tarn.testkit.http.HttpMessage;
import dev.tarn.testkit.http.HttpProxy;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Judges every answer that passes a proxy, and counts what it judged. Thread-safe. Nobody closes it. */
public final class ContractWatcher implements HttpProxy.Watcher {
    /** A test needs to see the first few; a broken operation would repeat itself thousands of times. */
    private static final int MAX_DEVIATIONS = 100;

    private final OpenApiContract contract;
    private final Map<String, AtomicLong> judged = new ConcurrentSkipListMap<>();
    private final Map<String, String> deviations = new ConcurrentHashMap<>();
    private final Set<String> outside = ConcurrentHashMap.newKeySet();

    /** Judges by a contract. */
    public ContractWatcher(OpenApiContract contract) {
        this.contract = contract;
    }

    @Override
    public void exchanged(HttpMessage request, HttpMessage response) {
        contract.operation(request)
                .ifPresentOrElse(
                        name -> judged.computeIfAbsent(name + " " + response.status(), key -> new AtomicLong())
                                .incrementAndGet(),
                        () -> outside.add(request.method() + " " + request.path()));
        for (String deviation : contract.deviations(request, response)) {
            if (deviations.size() < MAX_DEVIATIONS) {
                deviations.putIfAbsent(deviation, request.method() + " " + request.target());
            }
        }
    }

    /** How many answers were judged, by operation and status. */
    public Map<String, Long> judged() {
        Map<String, Long> counts = new TreeMap<>();
        judged.forEach((name, count) -> counts.put(name, count.get()));
        return counts;
    }

    /** How many answers were judged. */
    public long total() {
        return judged.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Requests for paths that the contract does not have. */
    public Set<String> outside() {
        return Set.copyOf(outside);
    }

    /** Each deviation once, with a request that showed it. */
    public Map<String, String> deviations() {
        return new TreeMap<>(deviations);
    }
}
