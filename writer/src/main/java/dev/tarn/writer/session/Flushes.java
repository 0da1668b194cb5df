package dev.tarn.writer.session;

import dev.tarn.common.ErrorKind;
import dev.tarn.common.TarnException;
import dev.tarn.writer.commit.CommitResult;
import dev.tarn.writer.commit.CommitSet;
import dev.tarn.writer.commit.GroupCommitter;
import dev.tarn.writer.files.FileCleanup;
import dev.tarn.writer.ingest.IngestReceipt;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes windows that are closed off to their endings: first files, then a commit. Confined to the worker of its session. */
final class Flushes {
    private static final Logger LOG = LoggerFactory.getLogger(Flushes.class);

    private final GroupCommitter committer;
    private final SessionOptions options;
    private final Executor worker;
    private final Listener listener;

    /** Told how far windows have come, on the worker. */
    interface Listener {
        boolean isAborted();

        /** The rows of a window are not in memory any more. */
        void filesFinished(Window window);

        void ended(Window window, IngestReceipt receipt, List<String> leftovers);

        void failed(Window window, Throwable failure, List<String> leftovers);
    }

    Flushes(GroupCommitter committer, SessionOptions options, Executor worker, Listener listener) {
        this.committer = committer;
        this.options = options;
        this.worker = worker;
        this.listener = listener;
    }

    /** Makes files of a window and hands them to the committer. */
    void finish(Window window) {
        List<DataFile> files;
        try {
            if (listener.isAborted()) {
                throw new TarnException(ErrorKind.CANCELLED, "The session was aborted");
            }
            files = window.files().complete();
        } catch (RuntimeException e) {
            giveUp(window, e);
            return;
        }
        filesFinished(window);
        if (files.isEmpty() && (window.hasNothingToCommit(options.positions()) || !window.movesTokens())) {
            listener.ended(window, window.nothing(), List.of());
            return;
        }
        try {
            submit(window, files);
        } catch (RuntimeException e) {
            listener.failed(window, e, delete(files));
        }
    }

    /** Deletes the files of a window that never gets as far as the committer. */
    void giveUp(Window window, RuntimeException failure) {
        List<String> leftovers = window.files().abort();
        filesFinished(window);
        listener.failed(window, failure, leftovers);
    }

    private void filesFinished(Window window) {
        try {
            window.files().close();
        } catch (RuntimeException e) {
            LOG.warn("Could not close the gates of a window", e);
        }
        listener.filesFinished(window);
    }

    private void submit(Window window, List<DataFile> files) {
        List<String> leftovers = new ArrayList<>();
        CommitSet.FileOwner owner = new CommitSet.FileOwner() {
            @Override
            public void unused() {
                leftovers.addAll(delete(files));
            }

            @Override
            public void uncertain() {
                leftovers.addAll(locations(files));
            }
        };
        CommitSet set = CommitSet.append(files, window.request(options.ingest()), owner);
        var unusedEnding = committer
                .submit(set)
                .whenCompleteAsync(
                        (result, failure) -> {
                            if (failure == null) {
                                listener.ended(window, receipt(window, result, files), leftovers);
                            } else {
                                listener.failed(window, failure, leftovers);
                            }
                        },
                        worker);
    }

    private List<String> delete(List<DataFile> files) {
        return FileCleanup.delete(committer.readTable(Table::io), locations(files));
    }

    private static List<String> locations(List<DataFile> files) {
        return files.stream().map(DataFile::location).toList();
    }

    private static IngestReceipt receipt(Window window, CommitResult result, List<DataFile> files) {
        if (result.alreadyCommitted()) {
            return new IngestReceipt(OptionalLong.of(result.snapshotId()), true, 0, 0, 0, 0, 0, 0);
        }
        return new IngestReceipt(
                        OptionalLong.of(result.snapshotId()),
                        false,
                        files.stream().mapToLong(DataFile::recordCount).sum(),
                        window.files().rejectedRows(),
                        0,
                        files.size(),
                        0,
                        files.stream().mapToLong(DataFile::fileSizeInBytes).sum())
                .withContract(window.files().report());
    }
}
