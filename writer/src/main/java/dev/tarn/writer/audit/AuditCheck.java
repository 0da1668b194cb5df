package dev.tarn.writer.audit;

import java.util.List;
import org.apache.iceberg.Table;

/** Looks at staged rows before they are published. */
@FunctionalInterface
public interface AuditCheck {
    /**
     * What is wrong, one sentence each, without row values; empty if the rows may be published. Called again when the main
     * branch moved meanwhile, as the rows will then stand beside others.
     *
     * @param table refreshed; not to be changed
     * @param snapshotId head of the staged branch: what the table would be
     */
    List<String> violations(Table table, long snapshotId);
}
