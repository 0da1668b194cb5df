package dev.tarn.writer.ingest;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitRequest;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.SnapshotCommit;
import java.util.function.Function;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;

/** Commits, and deletes the files of the commit when it is certain that no snapshot refers to them. */
final class Commits {
    private Commits() {}

    static CommitResult commit(
            Table table, Function<Table, SnapshotUpdate<?>> update, CommitRequest request, Runnable deleteFiles) {
        CommitResult result;
        try {
            result = SnapshotCommit.run(table, update, request);
        } catch (TarnException e) {
            if (e.kind() != ErrorKind.UNKNOWN_OUTCOME) {
                deleteFiles.run();
            }
            throw e;
        }
        if (result.alreadyCommitted()) {
            deleteFiles.run();
        }
        return result;
    }
}
