package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits one snapshot with Iceberg's own retry and says how it ended: done, failed (an exception of any kind but
 * UNKNOWN_OUTCOME; the files of the commit may be deleted) or unknown (UNKNOWN_OUTCOME; they may not). Tokens and load
 * history are checked inside the retry, against the snapshot that the new one will follow. Thread-safe.
 */
public final class SnapshotCommit {
    /** Summary key of the random id by which a commit is recognised when its answer was lost. */
    public static final String COMMIT_ID_KEY = "tarn.commit-id";

    /** Summary key of the fingerprints of the source files that a snapshot loaded, separated by commas. */
    public static final String LOADED_FILES_KEY = "tarn.loaded-files";

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCommit.class);

    private SnapshotCommit() {}

    /**
     * Commits an update.
     *
     * @throws ReplanException if the files that the update rests on were changed
     * @throws TarnException CONFLICT if others were faster in every attempt or the token's epoch is stale,
     *     UNKNOWN_OUTCOME if the answer was lost, FORBIDDEN, NOT_FOUND
     */
    public static CommitResult run(Table table, SnapshotUpdate<?> update, CommitRequest request) {
        String commitId = UUID.randomUUID().toString();
        request.summary().forEach(update::set);
        update.set(COMMIT_ID_KEY, commitId);
        if (!request.loadedFiles().isEmpty()) {
            update.set(LOADED_FILES_KEY, String.join(",", new TreeSet<>(request.loadedFiles())));
        }
        update.toBranch(request.branch());
        update.validateWith(new OnceOnly(table.name(), update, request));
        try {
            update.commit();
        } catch (AlreadyCommitted e) {
            table.refresh();
            return new CommitResult(newestSnapshotId(table, request.branch()), true);
        } catch (TarnException e) {
            throw e;
        } catch (ValidationException e) {
            throw new ReplanException(
                    "Table %s was changed by another writer: %s".formatted(table.name(), e.getMessage()), e);
        } catch (RuntimeException e) {
            return afterFailure(table, request, commitId, e);
        }
        return committed(table, request, commitId);
    }

    /**
     * Whether the work of a token is in the table already, before any of it is done again.
     *
     * @return the newest snapshot of the branch if it is
     * @throws TarnException CONFLICT if a later epoch of the producer has committed
     */
    public static OptionalLong findCommitted(Table table, String branch, ProducerToken token) {
        Optional<ProducerToken> newest = ProducerTokens.newest(ancestors(table, branch), token.producer());
        if (newest.isEmpty() || newest.get().compareTo(token) < 0) {
            return OptionalLong.empty();
        }
        refuseStaleEpoch(table.name(), token, newest.get());
        return OptionalLong.of(newestSnapshotId(table, branch));
    }

    /** Which of some fingerprints are in the load history of a branch, as far back as its snapshots go. */
    public static Set<String> loadedBefore(Table table, String branch, Set<String> fingerprints) {
        return loadedBefore(ancestors(table, branch), fingerprints);
    }

    private static final class AlreadyCommitted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private record OnceOnly(String tableName, SnapshotUpdate<?> update, CommitRequest request)
            implements SnapshotAncestryValidator {
        @Override
        public boolean validate(Iterable<Snapshot> ancestors) {
            ProducerTokens.carry(update, ancestors);
            request.token().ifPresent(token -> {
                ProducerTokens.newest(ancestors, token.producer())
                        .filter(newest -> newest.compareTo(token) >= 0)
                        .ifPresent(newest -> {
                            refuseStaleEpoch(tableName, token, newest);
                            throw new AlreadyCommitted();
                        });
                refuseTooManyProducers(ancestors, token);
                update.set(ProducerTokens.SUMMARY_PREFIX + token.producer(), token.summaryValue());
            });
            refuseFilesLoadedMeanwhile(ancestors);
            return true;
        }

        private void refuseTooManyProducers(Iterable<Snapshot> ancestors, ProducerToken token) {
            Map<String, ProducerToken> known = ProducerTokens.newest(ancestors);
            if (known.size() >= ProducerTokens.MAX_PRODUCERS && !known.containsKey(token.producer())) {
                throw new TarnException(
                        ErrorKind.REFUSED,
                        "Table %s remembers %d producers, which is the most it may: use a producer name again"
                                .formatted(tableName, known.size()));
            }
        }

        private void refuseFilesLoadedMeanwhile(Iterable<Snapshot> ancestors) {
            Set<String> loaded = loadedBefore(ancestors, request.loadedFiles());
            if (!loaded.isEmpty()) {
                throw new TarnException(
                        ErrorKind.CONFLICT,
                        "%d of the source files were loaded into table %s by somebody else meanwhile; run the load again to skip them"
                                .formatted(loaded.size(), tableName));
            }
        }
    }

    private static void refuseStaleEpoch(String tableName, ProducerToken token, ProducerToken newest) {
        if (newest.epoch() > token.epoch()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Producer %s of epoch %d was replaced: table %s has epoch %d already"
                            .formatted(token.producer(), token.epoch(), tableName, newest.epoch()));
        }
    }

    private static Set<String> loadedBefore(Iterable<Snapshot> ancestors, Set<String> fingerprints) {
        Set<String> found = new TreeSet<>();
        if (fingerprints.isEmpty()) {
            return found;
        }
        for (Snapshot snapshot : ancestors) {
            String loaded = snapshot.summary().get(LOADED_FILES_KEY);
            if (loaded != null) {
                for (String fingerprint : loaded.split(",", -1)) {
                    if (fingerprints.contains(fingerprint)) {
                        found.add(fingerprint);
                    }
                }
            }
        }
        return found;
    }

    private static CommitResult committed(Table table, CommitRequest request, String commitId) {
        try {
            return new CommitResult(
                    find(table, request.branch(), commitId).orElseGet(() -> newestSnapshotId(table, request.branch())),
                    false);
        } catch (RuntimeException e) {
            // The commit happened, so no caller may take this for a failure and delete the files.
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "The commit to table %s happened but its snapshot could not be read: look for the one with %s=%s"
                            .formatted(table.name(), COMMIT_ID_KEY, commitId),
                    e);
        }
    }

    private static CommitResult afterFailure(
            Table table, CommitRequest request, String commitId, RuntimeException failure) {
        OptionalLong committed = OptionalLong.empty();
        boolean known = failure instanceof CleanableFailure;
        if (!known) {
            try {
                table.refresh();
                Optional<Long> found = find(table, request.branch(), commitId);
                committed = found.isPresent() ? OptionalLong.of(found.get()) : OptionalLong.empty();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
        if (committed.isPresent()) {
            LOG.info("A commit to table {} succeeded although its answer was lost", table.name());
            return new CommitResult(committed.getAsLong(), false);
        }
        if (!known) {
            // Absence proves nothing: the request may still be on its way.
            throw new TarnException(
                    ErrorKind.UNKNOWN_OUTCOME,
                    "The commit to table %s may or may not have happened: look for the snapshot with %s=%s before writing again"
                            .formatted(table.name(), COMMIT_ID_KEY, commitId),
                    failure);
        }
        throw new TarnException(
                kindOf(failure),
                "Cannot commit to table %s: %s".formatted(table.name(), failure.getMessage()),
                failure);
    }

    private static ErrorKind kindOf(RuntimeException failure) {
        Map<Class<?>, ErrorKind> kinds = Map.of(
                CommitFailedException.class, ErrorKind.CONFLICT,
                NoSuchTableException.class, ErrorKind.NOT_FOUND,
                ForbiddenException.class, ErrorKind.FORBIDDEN,
                NotAuthorizedException.class, ErrorKind.UNAUTHENTICATED);
        return kinds.getOrDefault(failure.getClass(), ErrorKind.INVALID);
    }

    private static Optional<Long> find(Table table, String branch, String commitId) {
        for (Snapshot snapshot : ancestors(table, branch)) {
            if (commitId.equals(snapshot.summary().get(COMMIT_ID_KEY))) {
                return Optional.of(snapshot.snapshotId());
            }
        }
        return Optional.empty();
    }

    private static long newestSnapshotId(Table table, String branch) {
        Snapshot snapshot = table.snapshot(branch);
        if (snapshot == null) {
            throw new IllegalStateException("Branch " + branch + " of table " + table.name() + " has no snapshot");
        }
        return snapshot.snapshotId();
    }

    private static Iterable<Snapshot> ancestors(Table table, String branch) {
        Snapshot snapshot = table.snapshot(branch);
        return snapshot == null ? List.of() : SnapshotUtil.ancestorsOf(snapshot.snapshotId(), table::snapshot);
    }
}
