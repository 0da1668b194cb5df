package dev.tarn.maintenance.compact;

import dev.tarn.writer.commit.ProducerTokens;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.SnapshotUpdate;

/**
 * Keeps the exactly-once tokens of all producers in the new snapshot, so that a later expiry cannot forget them, and then
 * lets another check decide. Called for every attempt of a commit.
 */
final class TokenKeeper implements SnapshotAncestryValidator {
    private final SnapshotUpdate<?> update;
    private final SnapshotAncestryValidator check;

    TokenKeeper(SnapshotUpdate<?> update, SnapshotAncestryValidator check) {
        this.update = update;
        this.check = check;
    }

    @Override
    public boolean validate(Iterable<Snapshot> ancestors) {
        ProducerTokens.carry(update, ancestors);
        return check.validate(ancestors);
    }

    @Override
    public String errorMessage() {
        return check.errorMessage();
    }
}
