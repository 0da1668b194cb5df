package dev.tarn.catalog.rest;

import dev.tarn.catalog.commit.KeyTakenException;
import dev.tarn.catalog.commit.Mutation;
import dev.tarn.catalog.store.CatalogStore;
import dev.tarn.catalog.store.CommitOutcome;
import dev.tarn.catalog.store.IdempotencyKey;
import dev.tarn.catalog.store.IdempotencyRecord;
import dev.tarn.catalog.store.StoreTransaction;
import dev.tarn.catalog.store.StoredReply;
import dev.tarn.common.ErrorKind;
import dev.tarn.common.Sha256;
import dev.tarn.common.TarnException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;

/**
 * Gives a keyed mutation one effect however often it is sent: its answer is stored in the transaction that changes the
 * catalog, and given again. Failures that would repeat for ever are stored too; the others are not. Thread-safe.
 */
final class IdempotentReplay {
    /** Keys are kept longer than promised, so that a retry at the last moment still finds its key. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final CatalogStore store;
    private final Duration lifetime;
    private final Clock clock;

    IdempotentReplay(CatalogStore store, Duration lifetime, Clock clock) {
        this.store = store;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** Runs a mutation, or repeats what it answered. */
    StoredReply run(RestRequest request, Function<Mutation, StoredReply> work) {
        Mutation mutation = mutation(request);
        Optional<StoredReply> earlier = mutation.key().flatMap(key -> find(key, mutation.requestHash()));
        if (earlier.isPresent()) {
            return earlier.get();
        }
        try {
            return work.apply(mutation);
        } catch (KeyTakenException e) {
            return replay(mutation, e);
        } catch (RuntimeException e) {
            return keep(mutation, e);
        }
    }

    private StoredReply keep(Mutation mutation, RuntimeException failure) {
        ErrorTable.RestError error = ErrorTable.of(failure);
        if (mutation.key().isEmpty() || !error.isDeterministic()) {
            throw failure;
        }
        StoredReply reply = StoredReply.json(error.status(), error.body());
        CommitOutcome outcome = store.commit(new StoreTransaction(List.of(), List.of(), mutation.finished(reply)));
        return outcome == CommitOutcome.KEY_TAKEN ? replay(mutation, failure) : reply;
    }

    private StoredReply replay(Mutation mutation, RuntimeException reason) {
        return mutation.key()
                .flatMap(key -> find(key, mutation.requestHash()))
                .orElseThrow(() -> new TarnException(
                        ErrorKind.UNAVAILABLE, "The idempotency key expired while it was used", reason));
    }

    private Optional<StoredReply> find(IdempotencyKey key, String requestHash) {
        Optional<IdempotencyRecord> found = store.findFinished(key);
        if (found.isPresent() && !found.get().requestHash().equals(requestHash)) {
            throw new UnprocessableEntityException(
                    "The Idempotency-Key was used for another request; use a new key for each request");
        }
        return found.map(IdempotencyRecord::reply);
    }

    private Mutation mutation(RestRequest request) {
        Instant now = clock.instant();
        String principal = request.caller().principal();
        Optional<IdempotencyKey> key =
                request.http().header("idempotency-key").map(value -> new IdempotencyKey(principal, checked(value)));
        String hash = key.isPresent() ? hash(request) : "";
        return new Mutation(principal, key, hash, now, now.plus(lifetime).plus(GRACE));
    }

    private static String checked(String key) {
        try {
            return UUID.fromString(key.strip()).toString();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e, "The Idempotency-Key must be a UUID");
        }
    }

    private static String hash(RestRequest request) {
        MessageDigest digest = Sha256.digest();
        String head = request.http().method() + "\n" + request.http().path() + "\n"
                + request.http().query() + "\n";
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(request.http().body()));
    }
}
