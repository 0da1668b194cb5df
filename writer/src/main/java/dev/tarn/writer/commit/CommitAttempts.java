package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts at one physical commit, which may hold the work of several requests. All attempts carry one random id, and
 * each looks for it in the history that it would follow: an attempt whose answer was lost is recognised by the next one
 * instead of being done twice. While an attempt is on its way, only one of it and its successor can win, as each names the
 * snapshot that it follows. Not thread-safe.
 */
final class CommitAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(CommitAttempts.class);

    private final Table table;

    /** Takes the updates; shares what it knows of the table with the other. */
    private final Table guarded;

    private final UUID tableId;
    private final String branch;
    private final String commitId = UUID.randomUUID().toString();
    private final List<String> earlierIds;
    private boolean mayHaveHappened;

    /**
     * For one commit.
     *
     * @param tableId of the table that the files were written for: one that took its name meanwhile is refused
     * @param earlierIds of commits with some of the same files whose ending is unknown
     */
    CommitAttempts(Table table, UUID tableId, String branch, List<String> earlierIds) {
        this.table = table;
        this.guarded = LandedCommits.guard(table);
        this.tableId = tableId;
        this.branch = branch;
        this.earlierIds = List.copyOf(earlierIds);
    }

    /** There is nothing to commit. */
    static final class AlreadyCommitted extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean byThisCommit;

        AlreadyCommitted(boolean byThisCommit) {
            this.byThisCommit = byThisCommit;
        }
    }

    /** Whether an attempt ended without anybody knowing how. */
    boolean mayHaveHappened() {
        return mayHaveHappened;
    }

    /** The ids by which this commit, and those before it, can be recognised. */
    List<String> ids() {
        List<String> ids = new ArrayList<>(earlierIds);
        ids.add(commitId);
        return ids;
    }

    /**
     * One attempt, with Iceberg's own retries inside.
     *
     * @param parts at least one, all for the branch
     * @throws PartsRefusedException if some of several parts, but not all, may be committed
     * @throws ReplanException if the files that the update rests on were changed
     * @throws TarnException if a single part is refused, or the attempt failed; UNKNOWN_OUTCOME if nobody knows
     */
    CommitResult run(Function<Table, SnapshotUpdate<?>> update, List<CommitRequest> parts) {
        try {
            send(update, parts);
        } catch (AlreadyCommitted e) {
            return result(e);
        } catch (TarnException e) {
            throw e;
        } catch (ValidationException e) {
            throw replan(e);
        } catch (RuntimeException e) {
            return afterFailure(e);
        }
        return committed();
    }

    private void send(Function<Table, SnapshotUpdate<?>> update, List<CommitRequest> parts) {
        if (parts.stream().allMatch(part -> part.tokens().isEmpty())) {
            SnapshotUpdate<?> alone = beforeSending(() -> {
                SnapshotUpdate<?> made = update.apply(guarded);
                prepare(made, parts, tokens -> {});
                return made;
            });
            alone.commit();
            return;
        }
        stage(update, parts).commitTransaction();
    }

    /** Where the commit is when there is nothing to commit. The check has seen what the table has in memory. */
    CommitResult result(AlreadyCommitted found) {
        return new CommitResult(find().orElseGet(this::newestSnapshotId), !found.byThisCommit);
    }

    /** The answer to an attempt was lost, so the next one has to look for it. */
    void lostAnswer() {
        mayHaveHappened = true;
    }

    /**
     * Everything up to the request: a transaction that only has to be committed. The tokens go into a table property with
     * the same commit, as summaries are forgotten when their snapshots expire.
     */
    Transaction stage(Function<Table, SnapshotUpdate<?>> update, List<CommitRequest> parts) {
        Transaction transaction = guarded.newTransaction();
        TokenProperty property = new TokenProperty(ProducerTokens.PROPERTY_PREFIX + branch);
        beforeSending(() -> {
            SnapshotUpdate<?> made = update.apply(transaction.table());
            prepare(made, parts, property::hold);
            made.commit();
            if (parts.stream().anyMatch(part -> !part.tokens().isEmpty())) {
                property.follow(transaction.updateProperties()).commit();
            }
            return made;
        });
        return transaction;
    }

    /** Whatever fails here, nothing has reached the catalog. */
    private <T> T beforeSending(Supplier<T> work) {
        try {
            return work.get();
        } catch (AlreadyCommitted | TarnException e) {
            throw e;
        } catch (ValidationException e) {
            throw replan(e);
        } catch (RuntimeException e) {
            boolean wrong = e instanceof IllegalArgumentException || e instanceof NullPointerException;
            throw new TarnException(
                    wrong ? ErrorKind.INVALID : ErrorKind.UNAVAILABLE,
                    "Cannot prepare the commit to table %s: %s".formatted(table.name(), e.getMessage()),
                    e);
        }
    }

    private ReplanException replan(ValidationException e) {
        return new ReplanException(
                "Table %s was changed by another writer: %s".formatted(table.name(), e.getMessage()), e);
    }

    /** Follows the tokens when the transaction is applied again to what others have committed. */
    private static final class TokenProperty {
        private final String key;
        private String value = "";
        private @Nullable UpdateProperties update;

        TokenProperty(String key) {
            this.key = key;
        }

        void hold(Map<String, ProducerToken> tokens) {
            value = ProducerTokens.propertyValue(tokens);
            if (update != null) {
                update.set(key, value);
            }
        }

        UpdateProperties follow(UpdateProperties properties) {
            update = properties;
            return properties.set(key, value);
        }
    }

    private void prepare(
            SnapshotUpdate<?> update, List<CommitRequest> parts, Consumer<Map<String, ProducerToken>> tokens) {
        parts.forEach(part -> part.summary().forEach(update::set));
        update.set(SnapshotCommit.COMMIT_ID_KEY, commitId);
        update.toBranch(branch);
        update.validateWith(new OnceOnly(update, parts, tokens));
    }

    private final class OnceOnly implements SnapshotAncestryValidator {
        private final SnapshotUpdate<?> update;
        private final List<CommitRequest> parts;
        private final Consumer<Map<String, ProducerToken>> tokens;
        private int checks;

        OnceOnly(SnapshotUpdate<?> update, List<CommitRequest> parts, Consumer<Map<String, ProducerToken>> tokens) {
            this.update = update;
            this.parts = parts;
            this.tokens = tokens;
        }

        @Override
        public boolean validate(Iterable<Snapshot> ancestors) {
            refuseOtherTable();
            boolean first = checks++ == 0 && !mayHaveHappened && earlierIds.isEmpty();
            if (!first && find(ancestors).isPresent()) {
                throw new AlreadyCommitted(true);
            }
            TokenCheck check = new TokenCheck(table.name(), ProducerTokens.of(table, branch, ancestors));
            List<PartsRefusedException.Part> verdicts = new ArrayList<>();
            for (CommitRequest part : parts) {
                verdicts.add(judge(part, check, ancestors));
            }
            refuseUnlessFresh(verdicts);
            check.newest()
                    .forEach((producer, token) ->
                            update.set(ProducerTokens.SUMMARY_PREFIX + producer, token.summaryValue()));
            tokens.accept(check.newest());
            return true;
        }

        private void refuseUnlessFresh(List<PartsRefusedException.Part> verdicts) {
            if (verdicts.stream().allMatch(PartsRefusedException.Part::isFresh)) {
                return;
            }
            if (verdicts.stream().allMatch(part -> part.verdict() == TokenCheck.Verdict.ALREADY_COMMITTED)) {
                throw new AlreadyCommitted(false);
            }
            if (verdicts.size() == 1) {
                throw verdicts.get(0).refusal();
            }
            throw new PartsRefusedException(table.name(), verdicts);
        }
    }

    private PartsRefusedException.Part judge(CommitRequest part, TokenCheck check, Iterable<Snapshot> ancestors) {
        try {
            TokenCheck.Verdict verdict = check.admit(part.tokens(), part.follows());
            if (verdict == TokenCheck.Verdict.FRESH) {
                part.checks().forEach(own -> own.check(ancestors));
            }
            return new PartsRefusedException.Part(verdict, null);
        } catch (TarnException e) {
            return new PartsRefusedException.Part(null, e);
        }
    }

    private void refuseOtherTable() {
        UUID found = table.uuid();
        if (!found.equals(tableId)) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s was replaced: the files are for the table with id %s but found %s; open the new table and write again"
                            .formatted(table.name(), tableId, found));
        }
    }

    CommitResult committed() {
        try {
            return new CommitResult(find().orElseGet(this::newestSnapshotId), false);
        } catch (RuntimeException e) {
            // The commit happened, so no caller may take this for a failure and delete the files.
            mayHaveHappened = true;
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "The commit to table %s happened but its snapshot could not be read: look for the one with %s=%s"
                            .formatted(table.name(), SnapshotCommit.COMMIT_ID_KEY, commitId),
                    e);
        }
    }

    private CommitResult afterFailure(RuntimeException failure) {
        if (failure instanceof CleanableFailure) {
            throw new TarnException(
                    kindOf(failure),
                    "Cannot commit to table %s: %s".formatted(table.name(), failure.getMessage()),
                    failure);
        }
        if (isOtherTable(failure)) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s was replaced: expected the table with id %s; open the new table and write again"
                            .formatted(table.name(), tableId));
        }
        mayHaveHappened = true;
        try {
            table.refresh();
            Optional<Long> found = find();
            if (found.isPresent()) {
                LOG.info("A commit to table {} succeeded although its answer was lost", table.name());
                return new CommitResult(found.get(), false);
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        // Absence proves nothing: the request may still be on its way.
        throw new TarnException(
                ErrorKind.UNKNOWN_OUTCOME,
                "The commit to table %s may or may not have happened: look for the snapshot with %s=%s before writing again"
                        .formatted(table.name(), SnapshotCommit.COMMIT_ID_KEY, commitId),
                failure);
    }

    /** Catalogs that keep metadata files by themselves find out when they refresh, and have no exception of its own for it. */
    private static boolean isOtherTable(RuntimeException failure) {
        return failure instanceof IllegalStateException
                && String.valueOf(failure.getMessage()).startsWith("Table UUID does not match");
    }

    private static ErrorKind kindOf(RuntimeException failure) {
        Map<Class<?>, ErrorKind> kinds = Map.of(
                CommitFailedException.class, ErrorKind.CONFLICT,
                NoSuchTableException.class, ErrorKind.NOT_FOUND,
                ForbiddenException.class, ErrorKind.FORBIDDEN,
                NotAuthorizedException.class, ErrorKind.UNAUTHENTICATED);
        return kinds.getOrDefault(failure.getClass(), ErrorKind.INVALID);
    }

    private Optional<Long> find() {
        return find(SnapshotCommit.ancestors(table, branch));
    }

    private Optional<Long> find(Iterable<Snapshot> ancestors) {
        List<String> ids = ids();
        for (Snapshot snapshot : ancestors) {
            String id = snapshot.summary().get(SnapshotCommit.COMMIT_ID_KEY);
            if (id != null && ids.contains(id)) {
                return Optional.of(snapshot.snapshotId());
            }
        }
        return Optional.empty();
    }

    private long newestSnapshotId() {
        return SnapshotCommit.newestSnapshotId(table, branch);
    }
}
