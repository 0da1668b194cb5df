package dev.tarn.writer.ingest;

import dev.tarn.writer.contract.ContractReport;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one call did.
 *
 * @param snapshotId the snapshot that holds the work; empty if there was nothing to commit
 * @param alreadyCommitted whether an earlier call with the same token had done the work, so that this one changed nothing
 * @param rowsAdded rows in the new data files that are visible
 * @param rowsRejected rows that a gate held back
 * @param rowsDeleted rows that were visible before and are not any more
 * @param dataFilesAdded new data files
 * @param deleteFilesAdded new deletion vectors or position delete files
 * @param bytesAdded length of all new files
 * @param contract how the rows kept the contract of the table; empty without one
 */
public record IngestReceipt(
        OptionalLong snapshotId,
        boolean alreadyCommitted,
        long rowsAdded,
        long rowsRejected,
        long rowsDeleted,
        int dataFilesAdded,
        int deleteFilesAdded,
        long bytesAdded,
        Optional<ContractReport> contract) {
    /** A receipt of a call that was held to no contract. */
    public IngestReceipt(
            OptionalLong snapshotId,
            boolean alreadyCommitted,
            long rowsAdded,
            long rowsRejected,
            long rowsDeleted,
            int dataFilesAdded,
            int deleteFilesAdded,
            long bytesAdded) {
        this(
                snapshotId,
                alreadyCommitted,
                rowsAdded,
                rowsRejected,
                rowsDeleted,
                dataFilesAdded,
                deleteFilesAdded,
                bytesAdded,
                Optional.empty());
    }

    /** The same, with the report of a gate. */
    public IngestReceipt withContract(Optional<ContractReport> report) {
        return new IngestReceipt(
                snapshotId,
                alreadyCommitted,
                rowsAdded,
                rowsRejected,
                rowsDeleted,
                dataFilesAdded,
                deleteFilesAdded,
                bytesAdded,
                report);
    }

    static IngestReceipt nothing() {
        return nothing(0);
    }

    static IngestReceipt nothing(long rowsRejected) {
        return new IngestReceipt(OptionalLong.empty(), false, 0, rowsRejected, 0, 0, 0, 0);
    }

    static IngestReceipt repeated(long snapshotId) {
        return new IngestReceipt(OptionalLong.of(snapshotId), true, 0, 0, 0, 0, 0, 0);
    }
}
