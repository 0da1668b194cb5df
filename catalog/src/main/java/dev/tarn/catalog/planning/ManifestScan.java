package dev.tarn.catalog.planning;

import java.util.BitSet;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * A manifest as one scan sees it: its matching rows, and per partition what all files in it share. Confined to one plan.
 */
final class ManifestScan {
    private final ManifestRows rows;
    private final SpecFilter filter;
    private final PartitionTuple[] tuples;
    private final BitSet matching;
    private final @Nullable Expression[] residuals;
    private final @Nullable String[] partitionJson;
    private final @Nullable String[] residualJson;

    ManifestScan(ManifestRows rows, SpecFilter filter) {
        this.rows = rows;
        this.filter = filter;
        ManifestColumns columns = rows.columns();
        int partitions = columns.partitions().size();
        this.tuples = new PartitionTuple[partitions];
        for (int i = 0; i < partitions; i++) {
            tuples[i] = PartitionTuple.of(columns, i, filter.partitionType());
        }
        this.matching = filter.matching(columns, tuples);
        this.residuals = new @Nullable Expression[partitions];
        this.partitionJson = new @Nullable String[partitions];
        this.residualJson = new @Nullable String[partitions];
    }

    ManifestRows rows() {
        return rows;
    }

    ManifestColumns columns() {
        return rows.columns();
    }

    SpecFilter filter() {
        return filter;
    }

    /** The rows that may match; the caller may clear some. */
    BitSet matching() {
        return matching;
    }

    PartitionTuple partition(int row) {
        return tuples[columns().partition(row)];
    }

    Expression residual(int row) {
        int partition = columns().partition(row);
        Expression residual = residuals[partition];
        if (residual == null) {
            residual = filter.residual(tuples[partition]);
            residuals[partition] = residual;
        }
        return residual;
    }

    /** The partition values of a row as JSON. */
    String partitionJson(int row) {
        int partition = columns().partition(row);
        String json = partitionJson[partition];
        if (json == null) {
            json = ScanJson.partition(filter.partitionType(), tuples[partition]);
            partitionJson[partition] = json;
        }
        return json;
    }

    /** The residual of a row as JSON. */
    String residualJson(int row) {
        int partition = columns().partition(row);
        String json = residualJson[partition];
        if (json == null) {
            json = ScanJson.expression(residual(row));
            residualJson[partition] = json;
        }
        return json;
    }
}
