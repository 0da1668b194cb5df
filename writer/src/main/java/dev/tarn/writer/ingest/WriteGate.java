package dev.tarn.writer.ingest;

import dev.tarn.writer.commit.CommitCheck;
import dev.tarn.writer.contract.ContractReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Stands between batches and files: sees every batch before it is written, and the files before they are committed. Made
 * anew for each call and used by one thread; whoever opens it closes it.
 */
public interface WriteGate extends AutoCloseable {
    /** Opens a gate for one call. */
    @FunctionalInterface
    interface Factory {
        /**
         * A gate into a table, which has the schema of the write already.
         *
         * @throws dev.tarn.common.TarnException if the gate does not fit the table
         */
        WriteGate open(Table table);

        /** The same, for gates that have to know about the call. */
        default WriteGate open(Table table, WriteContext context) {
            return open(table);
        }
    }

    /**
     * The rows that may be written: those given, fewer, or the same of a changed copy of the batch.
     *
     * @param rows stay the caller's
     * @return valid until the next call
     * @throws dev.tarn.common.TarnException INVALID if the rows make the whole call fail
     */
    RowSelection admit(RowSelection rows);

    /**
     * The last look before the commit.
     *
     * @param files the data files that the commit adds, with their metrics
     * @throws dev.tarn.common.TarnException INVALID if they must not be committed
     */
    default void beforeCommit(List<DataFile> files) {}

    /** What the gate puts into the summary of the snapshot, after {@link #beforeCommit}. */
    default Map<String, String> summary() {
        return Map.of();
    }

    /** What looks at the history that the commit will follow, after {@link #beforeCommit}. */
    default List<CommitCheck> commitChecks() {
        return List.of();
    }

    /** How the rows kept a contract, after {@link #beforeCommit}; absent if the gate stands for none. */
    default Optional<ContractReport> report() {
        return Optional.empty();
    }

    /** Rows that were held back so far. */
    default long rejectedRows() {
        return 0;
    }

    @Override
    default void close() {}
}
