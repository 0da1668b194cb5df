package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.ProducerToken;
import dev.tarn.writer.commit.ProducerTokens;
import dev.tarn.writer.commit.SnapshotCommit;
import dev.tarn.writer.files.FileCleanup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * The second half of a two-phase commit. Both endings may be asked for again and again, from any process: what is done
 * already is not done twice. Thread-safe, as far as the tables are that it is given.
 */
public final class Committables {
    private Committables() {}

    /**
     * Commits what was prepared, unless it is in the table already.
     *
     * @return {@code alreadyCommitted} if it was committed, or given up, before
     * @throws TarnException CONFLICT if the table was replaced, if others were faster in every attempt, or if another attempt
     *     at the task has committed; UNKNOWN_OUTCOME if nobody knows: call it again, until it answers otherwise
     */
    public static CommitResult commit(Table table, PreparedCommittable prepared) {
        table.refresh();
        refuseOtherTable(table, prepared);
        List<ProducerToken> tokens = new ArrayList<>(prepared.positions());
        tokens.add(prepared.token());
        List<DataFile> files = prepared.dataFiles(table);
        CommitRequest request = new CommitRequest(prepared.branch(), prepared.summary(), tokens);
        return SnapshotCommit.run(
                table,
                target -> {
                    AppendFiles append = target.newAppend();
                    files.forEach(append::appendFile);
                    return append;
                },
                request);
    }

    /**
     * Gives up what was prepared: first takes its token with an empty snapshot, so that no commit can follow, then deletes
     * the files.
     *
     * @return files that could not be deleted
     * @throws TarnException REFUSED if it was committed, or given up, before: its files may be in the table; UNKNOWN_OUTCOME
     *     if nobody knows whether the token is taken: call it again
     */
    public static List<String> abort(Table table, PreparedCommittable prepared) {
        table.refresh();
        refuseOtherTable(table, prepared);
        CommitResult taken = SnapshotCommit.run(
                table, Table::newFastAppend, new CommitRequest(prepared.branch(), Map.of(), List.of(prepared.token())));
        if (taken.alreadyCommitted()) {
            throw new TarnException(
                    ErrorKind.REFUSED,
                    "Checkpoint %d of %s has ended in table %s before: its files may be in use and stay"
                            .formatted(
                                    prepared.token().sequence(),
                                    prepared.token().producer(),
                                    table.name()));
        }
        return FileCleanup.delete(table.io(), prepared.locations());
    }

    /**
     * The newest checkpoint of a task that has ended in a branch of a table: a task that recovers asks for it and commits, or
     * gives up, what its own records have beyond.
     */
    public static Optional<ProducerToken> newest(Table table, String branch, String writer) {
        table.refresh();
        return ProducerTokens.of(table, branch, writer);
    }

    private static void refuseOtherTable(Table table, PreparedCommittable prepared) {
        if (!table.uuid().equals(prepared.tableId())) {
            throw new TarnException(
                    ErrorKind.CONFLICT,
                    "Table %s was replaced: the files are for the table with id %s but found %s"
                            .formatted(table.name(), prepared.tableId(), table.uuid()));
        }
    }
}
