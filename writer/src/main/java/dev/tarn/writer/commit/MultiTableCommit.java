package dev.tarn.writer.commit;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.RetryPolicy;
import dev.tarn.common.TarnException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.iceberg.BaseTransaction;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableCommit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.rest.RESTCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits to several tables of one REST catalog at once: all of them or none, by the catalog's transaction endpoint. Tokens
 * are checked for each table; when somebody else was faster in one of them, all are planned anew and tried again. Not
 * thread-safe.
 */
public final class MultiTableCommit {
    private static final Logger LOG = LoggerFactory.getLogger(MultiTableCommit.class);

    /** Each attempt plans all tables again; who loses this often competes with constant writers. */
    private static final RetryPolicy POLICY = new RetryPolicy(8, Duration.ofMillis(50), Duration.ofSeconds(2));

    /** What one request may hold: the catalog keeps all of it in memory. */
    private static final int MAX_TABLES = 100;

    private final RESTCatalog catalog;
    private final Map<TableIdentifier, Work> works = new LinkedHashMap<>();
    private final Map<TableIdentifier, CommitAttempts> attempts = new HashMap<>();
    private final Map<TableIdentifier, Table> tables = new HashMap<>();

    private record Work(Function<Table, SnapshotUpdate<?>> update, CommitRequest request) {}

    /**
     * A commit without any table yet.
     *
     * @throws TarnException UNSUPPORTED if the catalog is no REST catalog
     */
    public MultiTableCommit(Catalog catalog) {
        if (!(catalog instanceof RESTCatalog rest)) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED,
                    "Catalog %s cannot commit to several tables at once: expected a REST catalog but found %s"
                            .formatted(catalog.name(), catalog.getClass().getSimpleName()));
        }
        this.catalog = rest;
    }

    /**
     * Adds a table.
     *
     * @param update makes the update on the table that it is given; called again for each attempt
     */
    public MultiTableCommit add(
            TableIdentifier table, Function<Table, SnapshotUpdate<?>> update, CommitRequest request) {
        if (works.size() >= MAX_TABLES) {
            throw new IllegalArgumentException("One commit takes at most " + MAX_TABLES + " tables");
        }
        if (works.putIfAbsent(table, new Work(update, request)) != null) {
            throw new IllegalArgumentException("Table " + table + " is in the commit already");
        }
        return this;
    }

    /**
     * Commits.
     *
     * @return how it ended, by table
     * @throws TarnException CONFLICT if others were faster in every attempt, or if some of the tables, but not all, have the
     *     work already; UNKNOWN_OUTCOME if nobody knows, in which case no file may be deleted; NOT_FOUND, UNSUPPORTED
     */
    public Map<TableIdentifier, CommitResult> run() {
        if (works.isEmpty()) {
            return Map.of();
        }
        for (int failed = 1; ; failed++) {
            try {
                return attempt();
            } catch (TarnException e) {
                boolean mayPass = e.getCause() instanceof CommitFailedException
                        || e instanceof ReplanException
                        || e.kind() == ErrorKind.UNKNOWN_OUTCOME;
                if (!mayPass || failed >= POLICY.maxAttempts()) {
                    throw ending(e);
                }
                LOG.info("Trying the commit to {} tables again: {}", works.size(), e.getMessage());
                pause(POLICY.pauseAfter(failed));
            }
        }
    }

    private Map<TableIdentifier, CommitResult> attempt() {
        List<TableCommit> commits = new ArrayList<>();
        Map<TableIdentifier, CommitResult> repeated = new LinkedHashMap<>();
        for (Map.Entry<TableIdentifier, Work> entry : works.entrySet()) {
            TableIdentifier identifier = entry.getKey();
            Work work = entry.getValue();
            Table table = tables.computeIfAbsent(identifier, catalog::loadTable);
            table.refresh();
            CommitAttempts attempt = attempts.computeIfAbsent(
                    identifier,
                    first -> new CommitAttempts(
                            table, table.uuid(), work.request().branch(), List.of()));
            try {
                Transaction staged = attempt.stage(work.update(), List.of(work.request()));
                BaseTransaction transaction = (BaseTransaction) staged;
                commits.add(TableCommit.create(identifier, transaction.startMetadata(), transaction.currentMetadata()));
            } catch (CommitAttempts.AlreadyCommitted e) {
                repeated.put(identifier, attempt.result(e));
            }
        }
        if (commits.isEmpty()) {
            return repeated;
        }
        if (!repeated.isEmpty()) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "%d of %d tables have the work of the commit already, %s among them: their tokens were committed apart"
                            .formatted(
                                    repeated.size(),
                                    works.size(),
                                    repeated.keySet().iterator().next()));
        }
        send(commits);
        return results();
    }

    private void send(List<TableCommit> commits) {
        try {
            catalog.commitTransaction(commits);
        } catch (CommitFailedException e) {
            throw new TarnException(
                    ErrorKind.CONFLICT, "Cannot commit to %d tables: %s".formatted(commits.size(), e.getMessage()), e);
        } catch (UnsupportedOperationException e) {
            throw new TarnException(
                    ErrorKind.UNSUPPORTED, "The catalog cannot commit to several tables at once: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            attempts.values().forEach(CommitAttempts::lostAnswer);
            throw unknown(e);
        }
    }

    private Map<TableIdentifier, CommitResult> results() {
        Map<TableIdentifier, CommitResult> results = new LinkedHashMap<>();
        for (TableIdentifier identifier : works.keySet()) {
            CommitAttempts attempt = attempts.get(identifier);
            Table table = tables.get(identifier);
            if (attempt == null || table == null) {
                throw new IllegalStateException("No attempt was made for " + identifier);
            }
            try {
                table.refresh();
            } catch (RuntimeException e) {
                attempts.values().forEach(CommitAttempts::lostAnswer);
                throw unknown(e);
            }
            results.put(identifier, attempt.committed());
        }
        return results;
    }

    private TarnException ending(TarnException failure) {
        boolean lost = attempts.values().stream().anyMatch(CommitAttempts::mayHaveHappened);
        return lost && failure.kind() != ErrorKind.UNKNOWN_OUTCOME ? unknown(failure) : failure;
    }

    private TarnException unknown(RuntimeException cause) {
        return new TarnException(
                ErrorKind.UNKNOWN_OUTCOME,
                "The commit to %d tables may or may not have happened, in all of them or in none: %s"
                        .formatted(works.size(), cause.getMessage()),
                cause);
    }

    private static void pause(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TarnException(ErrorKind.CANCELLED, "Interrupted between two attempts at a commit", e);
        }
    }
}
