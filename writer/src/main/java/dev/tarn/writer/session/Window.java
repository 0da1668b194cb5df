package dev.tarn.writer.session;

import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.ingest.BatchFiles;
import dev.tarn.writer.ingest.IngestOptions;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.Schema;

/** Batches that will be committed together, with the futures of their offers. Guarded by its session until it is closed off. */
final class Window {
    private final Schema schema;
    private final BatchFiles files;
    private final Map<String, ProducerToken> tokens = new TreeMap<>();
    private final Map<String, Optional<ProducerToken>> follows = new HashMap<>();
    private final CompletableFuture<IngestReceipt> ending = new CompletableFuture<>();
    private List<CompletableFuture<IngestReceipt>> offers = new ArrayList<>();
    private long bytes;
    private long rows;

    Window(Schema schema, BatchFiles files) {
        this.schema = schema;
        this.files = files;
    }

    Schema schema() {
        return schema;
    }

    BatchFiles files() {
        return files;
    }

    /** Completes after all offers of the window. */
    CompletableFuture<IngestReceipt> ending() {
        return ending;
    }

    long bytes() {
        return bytes;
    }

    long rows() {
        return rows;
    }

    boolean movesTokens() {
        return !tokens.isEmpty();
    }

    boolean hasNothingToCommit(PositionsWithoutRows rule) {
        return rows == 0 && (!movesTokens() || rule == PositionsWithoutRows.KEEP);
    }

    /** What its offers end with when there is nothing to commit. */
    IngestReceipt nothing() {
        return new IngestReceipt(OptionalLong.empty(), false, 0, files.rejectedRows(), 0, 0, 0, 0);
    }

    List<ProducerToken> tokens() {
        return List.copyOf(tokens.values());
    }

    CompletableFuture<IngestReceipt> add(int admittedRows, long batchBytes) {
        rows += admittedRows;
        bytes += batchBytes;
        CompletableFuture<IngestReceipt> offer = new CompletableFuture<>();
        offers.add(offer);
        return offer;
    }

    void add(ProducerToken token, Optional<ProducerToken> before) {
        tokens.put(token.producer(), token);
        follows.putIfAbsent(token.producer(), before);
    }

    /** Takes the tokens over from a window without rows. */
    void inherit(Window unused) {
        tokens.putAll(unused.tokens);
        follows.putAll(unused.follows);
        unused.tokens.clear();
    }

    /** Takes out the offers so far, whose rows were all held back, but keeps their tokens for later ones. */
    List<CompletableFuture<IngestReceipt>> takeOffersWithoutRows() {
        List<CompletableFuture<IngestReceipt>> taken = offers;
        offers = new ArrayList<>();
        bytes = 0;
        return taken;
    }

    CommitRequest request(IngestOptions options) {
        Map<String, String> summary = new HashMap<>(options.summary());
        summary.putAll(files.summary());
        return new CommitRequest(options.branch(), summary, tokens(), follows).withChecks(files.commitChecks());
    }

    void succeeded(IngestReceipt receipt) {
        offers.forEach(offer -> offer.complete(receipt));
        ending.complete(receipt);
    }

    void failed(FlushFailedException failure) {
        offers.forEach(offer -> offer.completeExceptionally(failure));
        ending.completeExceptionally(failure);
    }
}
