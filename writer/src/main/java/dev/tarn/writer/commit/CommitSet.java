package dev.tarn.writer.commit;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;

/**
 * The work of one logical commit: files to append, which can share a physical commit with those of others, or a change of
 * rows, which is committed alone.
 *
 * @param files data files that nobody refers to yet
 * @param change for a change of rows: makes the update on the table that it is given, planned anew on each call, the files
 *     included; empty for an append
 * @param request tokens and summary; its branch is that of the committer
 * @param owner told what became of the files
 */
public record CommitSet(
        List<DataFile> files,
        Optional<Function<Table, SnapshotUpdate<?>>> change,
        CommitRequest request,
        FileOwner owner) {
    /** Copies the list. */
    public CommitSet {
        files = List.copyOf(files);
    }

    /** Files to append. */
    public static CommitSet append(List<DataFile> files, CommitRequest request, FileOwner owner) {
        return new CommitSet(files, Optional.empty(), request, owner);
    }

    /** Told what became of the files of a set that was not committed. Called once at most, on the committer's thread. */
    public interface FileOwner {
        /** It is certain that no snapshot refers to the files, and that none will. */
        void unused();

        /** Nobody knows whether a snapshot refers to the files: they must stay, and somebody must be told of them. */
        void uncertain();
    }
}
