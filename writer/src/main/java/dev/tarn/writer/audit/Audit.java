package dev.tarn.writer.audit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import dev.tarn.writer.audit.AuditReport.Ending;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.commit.SnapshotCommit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CleanableFailure;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One audit: a branch {@code audit/<producer>.<epoch>.<sequence>} that rows are written to, checks, and the publication as a
 * fast-forward of the main branch. When main has moved meanwhile, appended rows are put on top of it on a new branch and
 * checked again. Steps that were done before a crash are found and not done again. Not thread-safe; the table object must
 * not be used by others meanwhile.
 */
public final class Audit {
    /** Branches of audits begin with this. */
    public static final String BRANCH_PREFIX = "audit/";

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    /** Each attempt checks all rows again: who loses this often has to stage in a quieter hour. */
    private static final RetryPolicy ATTEMPTS = new RetryPolicy(5, Duration.ofMillis(50), Duration.ofSeconds(2));

    private final Table table;
    private final ProducerToken token;
    private final Duration holdFor;
    private final String branch;

    private Audit(Table table, ProducerToken token, Duration holdFor) {
        this.table = table;
        this.token = token;
        this.holdFor = holdFor;
        this.branch = BRANCH_PREFIX + token.producer() + "." + token.epoch() + "." + token.sequence();
    }

    /**
     * Opens the branch of an audit at the head of main, or finds it.
     *
     * @param token names the audit; rows are staged with it, so that it is published once
     * @param holdFor how long the branch of an audit that fails is kept from expiry
     * @throws TarnException CONFLICT if the branch cannot be made; try again
     */
    public static Audit open(Table table, ProducerToken token, Duration holdFor) {
        if (holdFor.toMillis() < 1) {
            throw new IllegalArgumentException("holdFor must be at least 1 ms but was " + holdFor);
        }
        Audit audit = new Audit(table, token, holdFor);
        table.refresh();
        if (table.refs().get(audit.branch) == null && !audit.isPublished()) {
            Snapshot head = table.currentSnapshot();
            audit.attempt("open branch " + audit.branch, () -> {
                if (head == null) {
                    table.manageSnapshots().createBranch(audit.branch).commit();
                } else {
                    table.manageSnapshots()
                            .createBranch(audit.branch, head.snapshotId())
                            .commit();
                }
            });
            table.refresh();
        }
        return audit;
    }

    /** Where the rows have to be written, with the token of the audit. */
    public String branch() {
        return branch;
    }

    /** Whether the main branch has the rows. As of the table's last refresh. */
    public boolean isPublished() {
        return SnapshotCommit.findCommitted(table, SnapshotRef.MAIN_BRANCH, token)
                .isPresent();
    }

    /**
     * Checks what was staged and publishes it, or holds it back.
     *
     * @throws TarnException CONFLICT if main moved in every attempt, or moved while rows were changed rather than appended;
     *     NOT_FOUND if nothing was staged; UNKNOWN_OUTCOME if the answer to the publication was lost: call it again
     */
    public AuditReport publish(List<AuditCheck> checks) {
        for (int failed = 1; ; failed++) {
            table.refresh();
            if (isPublished()) {
                dropBranch();
                return new AuditReport(
                        Ending.ALREADY_PUBLISHED, OptionalLong.of(head(SnapshotRef.MAIN_BRANCH)), branch, List.of());
            }
            refuseUnlessStaged();
            if (!followsMain()) {
                restage();
            }
            List<String> violations = new ArrayList<>();
            for (AuditCheck check : checks) {
                violations.addAll(check.violations(table, head(branch)));
            }
            if (!violations.isEmpty()) {
                hold();
                return new AuditReport(Ending.HELD, OptionalLong.empty(), branch, violations);
            }
            try {
                long published = fastForward();
                return new AuditReport(Ending.PUBLISHED, OptionalLong.of(published), branch, List.of());
            } catch (TarnException e) {
                if (e.kind() != ErrorKind.CONFLICT || failed >= ATTEMPTS.maxAttempts()) {
                    throw e;
                }
                LOG.info("Main moved while {} was audited: {}", branch, e.getMessage());
                pause(ATTEMPTS.pauseAfter(failed));
            }
        }
    }

    /** Throws the staged rows away; their files are left to expiry. */
    public void discard() {
        table.refresh();
        dropBranch();
    }

    private void refuseUnlessStaged() {
        boolean staged = table.refs().get(branch) != null
                && SnapshotCommit.findCommitted(table, branch, token).isPresent();
        if (!staged) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND,
                    "Branch %s of table %s has no rows with token %d:%d; write them with the token of the audit first"
                            .formatted(branch, table.name(), token.epoch(), token.sequence()));
        }
    }

    private boolean followsMain() {
        Snapshot main = table.currentSnapshot();
        return main == null || SnapshotUtil.isAncestorOf(table, head(branch), main.snapshotId());
    }

    /** Puts the staged rows on top of what main is now, on a branch that then takes the name of the old one. */
    private void restage() {
        List<DataFile> files = stagedFiles();
        String onTop = branch + ".restaged";
        long main = head(SnapshotRef.MAIN_BRANCH);
        attempt("branch off " + onTop, () -> {
            if (table.refs().containsKey(onTop)) {
                table.manageSnapshots().removeBranch(onTop).commit();
            }
            table.manageSnapshots().createBranch(onTop, main).commit();
        });
        Function<Table, SnapshotUpdate<?>> append = target -> {
            AppendFiles staged = target.newAppend();
            files.forEach(staged::appendFile);
            return staged;
        };
        SnapshotCommit.run(table, append, new CommitRequest(onTop, Map.of(), List.of(token)));
        table.refresh();
        long restaged = head(onTop);
        attempt("replace " + branch, () -> {
            Transaction transaction = table.newTransaction();
            transaction
                    .manageSnapshots()
                    .replaceBranch(branch, restaged)
                    .removeBranch(onTop)
                    .commit();
            transaction
                    .updateProperties()
                    .remove(ProducerTokens.PROPERTY_PREFIX + onTop)
                    .commit();
            transaction.commitTransaction();
        });
        table.refresh();
    }

    private List<DataFile> stagedFiles() {
        List<DataFile> files = new ArrayList<>();
        Set<Long> ofMain = Set.copyOf(SnapshotUtil.ancestorIds(table.currentSnapshot(), table::snapshot));
        for (Snapshot snapshot : SnapshotUtil.ancestorsOf(head(branch), table::snapshot)) {
            if (ofMain.contains(snapshot.snapshotId())) {
                return files;
            }
            if (!DataOperations.APPEND.equals(snapshot.operation())) {
                throw new TarnException(
                        ErrorKind.CONFLICT,
                        "Main of table %s moved while branch %s held a change of rows (%s), which cannot be put on top: discard the audit and stage again"
                                .formatted(table.name(), branch, snapshot.operation()));
            }
            SnapshotChanges.builderFor(table)
                    .snapshot(snapshot)
                    .build()
                    .addedDataFiles()
                    .forEach(file -> files.add(file.copy()));
        }
        return files;
    }

    private long fastForward() {
        long target = head(branch);
        Map<String, String> tokens = ProducerTokens.property(table, branch, SnapshotRef.MAIN_BRANCH);
        attempt("publish branch " + branch, () -> {
            Transaction transaction = table.newTransaction();
            if (table.currentSnapshot() == null) {
                transaction
                        .manageSnapshots()
                        .createBranch(SnapshotRef.MAIN_BRANCH, target)
                        .removeBranch(branch)
                        .commit();
            } else {
                transaction
                        .manageSnapshots()
                        .fastForwardBranch(SnapshotRef.MAIN_BRANCH, branch)
                        .removeBranch(branch)
                        .commit();
            }
            var properties = transaction.updateProperties().remove(ProducerTokens.PROPERTY_PREFIX + branch);
            tokens.forEach(properties::set);
            properties.commit();
            transaction.commitTransaction();
        });
        table.refresh();
        return target;
    }

    private void hold() {
        String tag = "held/" + branch.substring(BRANCH_PREFIX.length());
        attempt("hold branch " + branch, () -> {
            var refs = table.manageSnapshots().setMaxRefAgeMs(branch, holdFor.toMillis());
            if (!table.refs().containsKey(tag)) {
                refs.createTag(tag, head(branch)).setMaxRefAgeMs(tag, holdFor.toMillis());
            }
            refs.commit();
        });
        table.refresh();
    }

    private void dropBranch() {
        if (table.refs().containsKey(branch)) {
            attempt("remove branch " + branch, () -> {
                Transaction transaction = table.newTransaction();
                transaction.manageSnapshots().removeBranch(branch).commit();
                transaction
                        .updateProperties()
                        .remove(ProducerTokens.PROPERTY_PREFIX + branch)
                        .commit();
                transaction.commitTransaction();
            });
            table.refresh();
        }
    }

    private long head(String name) {
        Snapshot snapshot = table.snapshot(name);
        if (snapshot == null) {
            throw new TarnException(
                    ErrorKind.NOT_FOUND, "Table %s has no snapshot on branch %s".formatted(table.name(), name));
        }
        return snapshot.snapshotId();
    }

    private void attempt(String what, Runnable change) {
        try {
            change.run();
        } catch (TarnException e) {
            throw e;
        } catch (RuntimeException e) {
            boolean nothingDone = e instanceof CleanableFailure || e instanceof IllegalArgumentException;
            throw new TarnException(
                    nothingDone ? ErrorKind.CONFLICT : ErrorKind.UNKNOWN_OUTCOME,
                    "Cannot %s of table %s: %s".formatted(what, table.name(), e.getMessage()),
                    e);
        }
    }

    private static void pause(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted between two attempts to publish", e);
        }
    }
}
