package dev.tarn.writer.contract.gate;

import dev.tarn.writer.commit.CommitCheck;
import dev.tarn.writer.contract.ContractViolation;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Compares the keys of a load with what others committed after they were first compared, for every attempt of the commit. The
 * catalog lets the commit through only on top of the snapshot that was compared. Confined to one thread.
 */
final class ConcurrentKeys implements CommitCheck {
    private final Table table;
    private final List<UniqueTest> tests;
    private final Supplier<ContractViolation> violation;
    private OptionalLong compared;

    ConcurrentKeys(Table table, OptionalLong compared, List<UniqueTest> tests, Supplier<ContractViolation> violation) {
        this.table = table;
        this.compared = compared;
        this.tests = tests;
        this.violation = violation;
    }

    @Override
    public void check(Iterable<Snapshot> ancestors) {
        Iterator<Snapshot> newestFirst = ancestors.iterator();
        if (!newestFirst.hasNext()) {
            return;
        }
        long newest = newestFirst.next().snapshotId();
        if (compared.isPresent() && compared.getAsLong() == newest) {
            return;
        }
        TableRows rows = compared.isPresent() && onlyAppendedSince(compared.getAsLong(), ancestors)
                ? TableRows.appended(table, compared.getAsLong(), newest)
                : TableRows.of(table, newest);
        for (UniqueTest test : tests) {
            test.compare(rows);
            if (test.isBrokenByTable()) {
                throw violation.get();
            }
        }
        compared = OptionalLong.of(newest);
    }

    private static boolean onlyAppendedSince(long known, Iterable<Snapshot> ancestors) {
        for (Snapshot snapshot : ancestors) {
            if (snapshot.snapshotId() == known) {
                return true;
            }
            // Rewriting files as a compaction does adds no key either.
            String operation = snapshot.operation();
            if (!DataOperations.APPEND.equals(operation) && !DataOperations.REPLACE.equals(operation)) {
                return false;
            }
        }
        return false;
    }
}
