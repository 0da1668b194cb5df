package dev.tarn.catalog.planning;

import java.util.BitSet;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.ManifestEvaluator;
import org.apache.iceberg.expressions.Projections;
import org.apache.iceberg.expressions.ResidualEvaluator;
import org.apache.iceberg.types.Types;

/** What a filter means for the files of one partition spec. Thread-safe. */
final class SpecFilter {
    private final PartitionSpec spec;
    private final Expression filter;
    private final boolean keepsAll;
    private final ManifestEvaluator manifests;
    private final Evaluator partitions;
    private final ColumnFilter metrics;
    private final ResidualEvaluator residuals;

    SpecFilter(PartitionSpec spec, Expression filter, boolean caseSensitive) {
        this.spec = spec;
        this.filter = filter;
        this.keepsAll = filter == Expressions.alwaysTrue();
        Expression projected = Projections.inclusive(spec, caseSensitive).project(filter);
        this.manifests = ManifestEvaluator.forPartitionFilter(projected, spec, caseSensitive);
        this.partitions = new Evaluator(spec.partitionType(), projected, caseSensitive);
        this.metrics = ColumnFilter.of(spec.schema(), filter, caseSensitive);
        this.residuals = ResidualEvaluator.of(spec, filter, caseSensitive);
    }

    PartitionSpec spec() {
        return spec;
    }

    Types.StructType partitionType() {
        return spec.partitionType();
    }

    /** Whether a manifest may hold live files with matching rows. */
    boolean mayMatch(ManifestFile manifest) {
        return (manifest.hasAddedFiles() || manifest.hasExistingFiles()) && manifests.eval(manifest);
    }

    /** The live entries of a manifest whose files may hold matching rows. */
    BitSet matching(ManifestColumns columns, PartitionTuple[] tuples) {
        boolean[] wanted = new boolean[tuples.length];
        for (int i = 0; i < tuples.length; i++) {
            wanted[i] = keepsAll || partitions.eval(tuples[i]);
        }
        BitSet rows = new BitSet(columns.rows());
        if (columns.allAreLive() && tuples.length == 1) {
            rows.set(0, wanted[0] ? columns.rows() : 0);
        } else {
            for (int row = 0; row < columns.rows(); row++) {
                if (columns.isLive(row) && wanted[columns.partition(row)]) {
                    rows.set(row);
                }
            }
        }
        if (!keepsAll && !rows.isEmpty()) {
            metrics.retain(columns, rows);
        }
        return rows;
    }

    /** What is left to be tested on the rows of files in a partition. */
    Expression residual(StructLike partition) {
        try {
            return residuals.residualFor(partition);
        } catch (NullPointerException e) {
            // Iceberg cannot tell whether a missing partition value starts with a prefix; the whole filter always can.
            return filter;
        }
    }
}
